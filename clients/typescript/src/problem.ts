import type { FieldError, Problem } from "./schema.js";

/** A call of `openapi-fetch`: what it answers is either data or an error. */
export type Call<T> = Promise<{ data?: T; error?: unknown; response: Response }>;

/** The service refused, and says why (RFC 9457). `code` is what a program decides by. */
export class ProblemError extends Error {
  override readonly name = "ProblemError";
  readonly code: string;
  readonly status: number;
  readonly detail: string;
  readonly requestId: string;
  /** What is wrong with which field, for `validation_failed`. */
  readonly errors: readonly FieldError[];
  /** When to try again, in seconds, where the service said so. */
  readonly retryAfter: number | undefined;

  constructor(problem: Problem, response: Response) {
    super(`${problem.title} (${problem.code}): ${problem.detail} [request ${problem.request_id}]`);
    this.code = problem.code;
    this.status = problem.status;
    this.detail = problem.detail;
    this.requestId = problem.request_id;
    this.errors = problem.errors ?? [];
    const seconds = Number(response.headers.get("retry-after") ?? Number.NaN);
    this.retryAfter = Number.isFinite(seconds) ? seconds : undefined;
  }

  /** Whether `error` is a refusal, and one with this code where one is given. */
  static is(error: unknown, code?: string): error is ProblemError {
    return error instanceof ProblemError && (code === undefined || error.code === code);
  }
}

/** Something answered, but not Voxgate by its contract: a proxy, or another version. */
export class UnexpectedAnswerError extends Error {
  override readonly name = "UnexpectedAnswerError";
  readonly status: number;

  constructor(response: Response) {
    super(`the answer with status ${response.status} is not one of Voxgate`);
    this.status = response.status;
  }
}

/** The data of a call. Throws a `ProblemError` when the service refused. */
export async function unwrap<T>(call: Call<T>): Promise<T> {
  const { data, error, response } = await call;
  if (response.ok) {
    return data as T;
  }
  throw isProblem(error) ? new ProblemError(error, response) : new UnexpectedAnswerError(response);
}

/** Whether `value` is the body of a refusal. */
export function isProblem(value: unknown): value is Problem {
  const fields: readonly (keyof Problem)[] = ["title", "code", "detail", "request_id"];
  return (
    typeof value === "object" &&
    value !== null &&
    fields.every((field) => typeof (value as Record<string, unknown>)[field] === "string")
  );
}
