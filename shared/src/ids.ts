/**
 * Branded ids. A plain string cannot stand where an id is asked for; the constructors here are the only way in, so a mix-up
 * of an account's id with a key's id is a type error.
 */
declare const brand: unique symbol
type Branded<Name extends string> = string & { readonly [brand]: Name }

export type AccountId = Branded<"AccountId">
export type ApiKeyId = Branded<"ApiKeyId">
export type NodeId = Branded<"NodeId">
/** One client request through its whole life, as in `x-request-id`: `req_` and 26 characters. */
export type ExchangeId = Branded<"ExchangeId">

export const accountId = (value: string): AccountId => value as AccountId // the only constructor
export const apiKeyId = (value: string): ApiKeyId => value as ApiKeyId // the only constructor
export const nodeId = (value: string): NodeId => value as NodeId // the only constructor
export const exchangeId = (value: string): ExchangeId => value as ExchangeId // the only constructor
