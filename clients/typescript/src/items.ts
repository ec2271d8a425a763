import { unwrap, type Call } from "./problem.js";

/** A page of a list. */
export interface Page<T> {
  items: T[];
  next_cursor: string | null;
}

/**
 * Every item of a list. The next page is asked for when the one before is used up.
 *
 * ```ts
 * const users = items((cursor) => voxgate.api.GET("/users", { params: { query: { role: "clinician", cursor } } }));
 * for await (const user of users) console.log(user.email);
 * ```
 */
export async function* items<T>(
  page: (cursor: string | undefined) => Call<Page<T>>,
): AsyncGenerator<T, void, undefined> {
  let cursor: string | undefined;
  do {
    const { items, next_cursor } = await unwrap(page(cursor));
    yield* items;
    cursor = next_cursor ?? undefined;
  } while (cursor !== undefined);
}
