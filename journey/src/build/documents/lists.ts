// Every list, in every way that the document says that it can be asked.
import { known, send, together, type Answer, type Operation } from './client.js';

/** One identifier for each name of a path's parameter. */
export type Ids = Record<string, string>;

/** Lists for whoever has proved an address, which nobody has without mail. */
const UNPROVED = new Set<Operation>(['OwnInvitations.list', 'RegionalInvitations.list']);

export async function lists(ids: Ids): Promise<void> {
  const all = [...known].filter(([operation, it]) => it.method === 'get'
    && it.query.includes('pageSize') && !UNPROVED.has(operation));
  await together(...all.map(([operation]) => everyWay(operation, ids)));
}

async function everyWay(operation: Operation, ids: Ids) {
  const { query, sorts, expands } = known.get(operation)!;
  const ask = (asked: object) => page(operation, ids, asked);
  let pageToken: string | undefined;
  for (let pages = 0; pages === 0 || pageToken !== undefined && pages < 3; pages++) {
    const answer = await ask({ pageSize: 1, pageToken });
    pageToken = answer.meta?.pagination?.nextPageToken;
  }
  const counted = await ask({ pageSize: 2, offset: 0 });
  if (counted.meta?.pagination?.total === undefined && !operation.startsWith('MachineLogs')) {
    throw new Error(`${operation} does not count: ${counted.text}`);
  }
  if (sorts.length > 0) {
    await ask({ sort: sorts.slice(0, 2).map(it => it.startsWith('-') ? it : `-${it}`) });
  }
  if (expands.length > 0) {
    await ask({ expand: expands });
  }
  if (query.includes('includeDeleted')) {
    await ask({ includeDeleted: true });
  }
  if (query.includes('createdAt[gte]')) {
    await none(ask({ 'createdAt[gte]': '2099-01-01T00:00:00+01:00' }));
  }
  if (query.includes('name')) {
    await none(ask({ name: ['nobody', 'is-called-so'] }));
  }
}

async function page(operation: Operation, ids: Ids, query: object): Promise<Answer> {
  const answer = await send(operation, ids as never, { query } as never);
  if (answer.status !== 200) {
    throw new Error(`${operation} ${JSON.stringify(query)}: ${answer.status} ${answer.text}`);
  }
  return answer;
}

async function none(page: Promise<Answer>) {
  const { data, text } = await page;
  if (!Array.isArray(data) || data.length > 0) {
    throw new Error(`nothing was to be found: ${text}`);
  }
}
