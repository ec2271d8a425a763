/**
 * The client of Voxgate for browsers and Node.
 *
 * `Voxgate` holds a session and calls the interface; `unwrap` turns an answer into its data or throws a `ProblemError`;
 * `items` reads a list page by page. Paths, bodies and answers are typed by `schema.ts`, which is generated from the
 * service's OpenAPI document.
 */
export { items, type Page } from "./items.js";
export { ProblemError, UnexpectedAnswerError, unwrap, type Call } from "./problem.js";
export type { Session } from "./session.js";
export { Voxgate, type LoggedIn, type VoxgateOptions } from "./voxgate.js";
export type * from "./schema.js";
