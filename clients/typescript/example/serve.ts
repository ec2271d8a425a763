/** Serves the example page: `npm run example`, with `VOXGATE_URL` and `PORT` where they are not the usual ones. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { resolve } from "node:path";
import { argv } from "node:process";
import { fileURLToPath } from "node:url";

/** The folder of the package, seen from `build/example`. */
const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** What may be asked for, and nothing else. */
const FILES: Record<string, [file: string, type: string]> = {
  "/": ["example/index.html", "text/html; charset=utf-8"],
  "/style.css": ["example/style.css", "text/css; charset=utf-8"],
  "/node_modules/openapi-fetch/dist/index.mjs": ["node_modules/openapi-fetch/dist/index.mjs", "text/javascript"],
};
for (const script of ["example/app", "src/index", "src/items", "src/problem", "src/session", "src/voxgate"]) {
  FILES[`/build/${script}.js`] = [`build/${script}.js`, "text/javascript"];
}

/** A server of the page, which calls the Voxgate at `url`. */
export function page(url: string): Server {
  const html = readFileSync(resolve(ROOT, "example/index.html"), "utf8").replace("{VOXGATE_URL}", url);
  const importMap = /<script type="importmap">(.*?)<\/script>/s.exec(html)?.[1] ?? "";
  const hash = createHash("sha256").update(importMap).digest("base64");
  // The page loads nothing from elsewhere, and talks to Voxgate alone.
  const policy = [
    "default-src 'none'",
    `script-src 'self' 'sha256-${hash}'`,
    "style-src 'self'",
    "img-src data:",
    `connect-src ${url}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
  return createServer((request, response) => {
    const [file, type] = FILES[request.url ?? ""] ?? [];
    if (file === undefined || type === undefined) {
      response.writeHead(404).end();
      return;
    }
    const headers = { "content-type": type, "content-security-policy": policy, "x-content-type-options": "nosniff" };
    response.writeHead(200, headers).end(request.url === "/" ? html : readFileSync(resolve(ROOT, file)));
  });
}

if (argv[1] === fileURLToPath(import.meta.url)) {
  const port = Number(process.env["PORT"] ?? "5173");
  const url = process.env["VOXGATE_URL"] ?? "http://localhost:8000";
  page(url).listen(port, "localhost", () => {
    console.log(`http://localhost:${port} calls ${url}, which needs CORS_ALLOWED_ORIGINS=http://localhost:${port}`);
  });
}
