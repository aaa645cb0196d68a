// A client of the cloud family, typed by its document: every request goes through a proxy that
// holds requests and answers to that document, and every operation that was asked is counted.
import createClient from 'openapi-fetch';
import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import type { operations, paths } from './cloud.js';

export type Operation = keyof operations;

type Said<O extends Operation, Part extends string> =
  operations[O]['parameters'] extends { [key in Part]?: infer P } ? NonNullable<P> : never;

/** What the path says, and maybe the project, which goes into the query where the path has none. */
export type Where<O extends Operation> = O extends Operation
  ? ([Said<O, 'path'>] extends [never] ? object : Said<O, 'path'>) : never;

type Query<O extends Operation> = O extends Operation ? Said<O, 'query'> : never;

type Body<O extends Operation> = O extends Operation
  ? operations[O] extends { requestBody?: { content: { 'application/json': infer B } } } ? B : never
  : never;

type Success = 200 | 201 | 202 | 204 | 207;
type Responses<O extends Operation> = operations[O]['responses'];

/** The `data` of an answer; nothing where there is none. */
export type Data<O extends Operation> = O extends Operation ? {
  [S in keyof Responses<O> & Success]: Responses<O>[S] extends
    { content: { 'application/json': { data: infer D } } } ? D : undefined
}[keyof Responses<O> & Success] : never;

export interface More<O extends Operation> {
  query?: Query<O>;
  body?: Body<O>;
  /** The version that the change is meant for. */
  version?: number;
  /** The key of a request that may be repeated. */
  key?: string;
  /** Whose credential it is asked with; nobody's when it is empty. */
  token?: string;
}

export interface Answer {
  status: number;
  headers: Headers;
  data?: unknown;
  error?: { code: string; message: string; details?: Record<string, unknown> };
  meta?: { workflowId?: string; pagination?: { nextPageToken?: string; total?: number } };
  text: string;
}

interface Documented {
  method: string;
  path: string;
  query: string[];
  sorts: string[];
  expands: string[];
}

/** What the client has to know of the document while it runs. */
interface Document {
  paths: Record<string, Record<string, {
    operationId: string;
    parameters?: { name: string; in: string }[];
    'x-sorts'?: string[];
    'x-expands'?: string[];
  }>>;
}

export const [server, proxy, setupCode, document] = process.argv.slice(2);

export const known = new Map<Operation, Documented>(Object.entries(
  (JSON.parse(readFileSync(document, 'utf8')) as Document).paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, it]): [Operation, Documented] => [
    it.operationId as Operation, {
      method,
      path,
      query: (it.parameters ?? []).filter(one => one.in === 'query').map(one => one.name),
      sorts: it['x-sorts'] ?? [],
      expands: it['x-expands'] ?? [],
    }])));

const mismatches: string[] = [];
const succeeded = new Set<Operation>();
const refused = new Set<Operation>();
let asked = 0;
let wrongSeen = 0;
let token = '';

const cloud = createClient<paths>({
  baseUrl: proxy,
  redirect: 'manual',
  querySerializer: { array: { style: 'form', explode: false } },
});

/** The transport of that client, where the operation is known only now. */
const request = cloud.request as unknown as (method: string, path: string, init: object) =>
  Promise<{ data?: string; error?: unknown; response: Response }>;

export function signInWith(credential: string) {
  token = credential;
}

/** Asks without expecting anything. Of what is wrong on purpose, only the answer has to fit. */
export async function send<O extends Operation>(
  operation: O, where: Where<O>, more: More<O> = {}, isWrong = false): Promise<Answer> {
  const { method, path, query: names } = known.get(operation)!;
  const elsewhere = Object.entries(where)
    .filter(([name]) => !path.includes(`{${name}}`) && names.includes(`${name}Id`))
    .map(([name, value]) => [`${name}Id`, value]);
  const bearer = more.token ?? token;
  const key = more.key ?? (method === 'get' ? undefined : crypto.randomUUID());
  const { data, error, response } = await again(() => request(method, path, {
    params: { path: where, query: { ...Object.fromEntries(elsewhere), ...more.query } },
    body: more.body,
    parseAs: 'text',
    headers: {
      ...(bearer ? { Authorization: `Bearer ${bearer}` } : {}),
      ...(more.version === undefined ? {} : { 'If-Match': `"${more.version}"` }),
      ...(key ? { 'Idempotency-Key': key } : {}),
    },
  }));
  judge(operation, response, isWrong);
  const text = data ?? (typeof error === 'string' ? error : JSON.stringify(error)) ?? '';
  const isJson = response.headers.get('content-type')?.includes('json') && text !== '';
  return { ...(isJson ? JSON.parse(text) : {}), status: response.status,
    headers: response.headers, text };
}

/** A connection that is closed while a request is on its way: no key is carried out twice. */
async function again<T>(ask: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await ask();
    } catch (broken) {
      if (tries === 3) {
        throw broken;
      }
    }
  }
}

/** The proxy forwards what does not fit, too, and says so in a header. */
function judge(operation: Operation, response: Response, isWrong: boolean) {
  asked++;
  (response.status < 400 ? succeeded : refused).add(operation);
  const said = response.headers.get('sl-violations');
  const all: { location?: string[] }[] = said ? JSON.parse(said) : [];
  const counted = all.filter(one => !isWrong || one.location?.[0] === 'response');
  wrongSeen += all.length - counted.length;
  if (counted.length > 0) {
    mismatches.push(`${operation} ${response.status}: ${JSON.stringify(counted)}`);
  }
}

async function succeed<O extends Operation>(
  operation: O, where: Where<O>, more: More<O>): Promise<Answer> {
  const answer = await send(operation, where, more);
  if (answer.status >= 400) {
    throw new Error(`${operation}: ${answer.status} ${answer.text}`);
  }
  return answer;
}

/** Asks for what is expected to be there, or to be done. */
export async function ask<O extends Operation>(
  operation: O, where: Where<O>, more: More<O> = {}): Promise<Data<O>> {
  return (await succeed(operation, where, more)).data as Data<O>;
}

/** The same for what is answered as text. */
export async function text<O extends Operation>(
  operation: O, where: Where<O>, more: More<O> = {}): Promise<string> {
  return (await succeed(operation, where, more)).text;
}

/** The same, and waits for the end of the run that carries it out, if there is one. */
export async function done<O extends Operation>(
  operation: O, where: Where<O>, more: More<O> = {}): Promise<Data<O>> {
  const answer = await succeed(operation, where, more);
  if (answer.meta?.workflowId) {
    await ended(answer.meta.workflowId, operation);
  }
  return answer.data as Data<O>;
}

/** Asks for what is to be refused in this way. */
export async function refuse<O extends Operation>(status: number, code: string, operation: O,
  where: Where<O>, more: More<O> = {}): Promise<Answer> {
  const answer = await send(operation, where, more, true);
  if (answer.status !== status || answer.error?.code !== code) {
    throw new Error(`${operation}: ${answer.status} ${answer.text}, not ${status} ${code}`);
  }
  return answer;
}

export async function ended(run: string, what: string, status = 'completed') {
  const now = await until(`${what} ${run}`, () => ask('RunsShort.get', { run }),
    it => ['completed', 'failed', 'cancelled', 'attention'].includes(it.status));
  if (now.status !== status) {
    throw new Error(`${what}: ${now.type} ${now.status} ${JSON.stringify(now.error)}`);
  }
}

/** Asks again until it is so, for two minutes. */
export async function until<T>(
  what: string, look: () => Promise<T>, isSo: (it: T) => boolean): Promise<T> {
  const end = Date.now() + 120_000;
  for (;;) {
    const now = await look();
    if (isSo(now)) {
      return now;
    }
    if (Date.now() > end) {
      throw new Error(`${what} never came: ${JSON.stringify(now)}`);
    }
    await pause(400);
  }
}

/** Side by side; says of all what went wrong. */
export async function together<T extends unknown[]>(
  ...all: { [key in keyof T]: Promise<T[key]> }): Promise<T> {
  const ends = await Promise.allSettled(all);
  const failed = ends.flatMap(end => end.status === 'rejected' ? [String(end.reason)] : []);
  if (failed.length > 0) {
    throw new Error([...failed, ...mismatches].join('\n'));
  }
  return ends.map(end => (end as PromiseFulfilledResult<unknown>).value) as T;
}

export function went(step: string) {
  console.log(`ok ${step}`);
}

/** What came of it, for who reads it. */
export function tell() {
  if (wrongSeen === 0) {
    throw new Error('the proxy saw nothing wrong with what was wrong on purpose');
  }
  const all = [...known.keys()];
  console.log(`never asked: ${all.filter(it => !succeeded.has(it) && !refused.has(it))}`);
  console.log(`only refused: ${all.filter(it => !succeeded.has(it) && refused.has(it))}`);
  console.log(`${all.filter(it => succeeded.has(it)).length} of ${all.length} operations done`);
  if (mismatches.length > 0) {
    throw new Error(`${mismatches.length} of ${asked} do not fit:\n${mismatches.join('\n')}`);
  }
  console.log(`0 of ${asked} requests and answers differ from the document`);
}
