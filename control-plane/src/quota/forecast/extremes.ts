/** Of however many numbers: `Math.min(...list)` ends in an error where a list has more than an argument list may, some hundred thousand. */
export const least = (values: Iterable<number>): number => {
  let found = Number.POSITIVE_INFINITY
  for (const value of values) if (value < found) found = value
  return found
}

export const greatest = (values: Iterable<number>): number => {
  let found = Number.NEGATIVE_INFINITY
  for (const value of values) if (value > found) found = value
  return found
}
