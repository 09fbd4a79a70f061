import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";

import type { CostEstimate } from "../../../analysis/cost/model";
import type { Plan } from "../../../analysis/plan/model";
import type { StackDiff } from "../../diff/document";
import { escapeText } from "../../markup";
import { previewError } from "../../preview/engine/errors";
import { NotWritten, writeWhole } from "../../write-file";
import { repositoryFrom } from "../rule-page";
import { type PageExtras, pageData } from "./data";

/** The page's script, in the order in which its parts are put together. */
const SCRIPTS = [
  "core.js",
  "tree.js",
  "values.js",
  "detail.js",
  "layers.js",
  "graph.js",
  "panels.js",
  "recovery.js",
  "capacity.js",
  "reach.js",
  "changes.js",
  "client.js",
];

/** Its styles, likewise: a later one overrides. */
const STYLES = ["base.css", "resources.css", "panels.css", "small.css"];

/**
 * The plan as one HTML document that needs nothing else: it works from a file, asks no network, and its
 * Content-Security-Policy lets run only the script that is in it. With a comparison it opens on what changes.
 */
export function renderHtml(plan: Plan, cost: CostEstimate, more: PageExtras = {}): string {
  const script = `(() => {\n"use strict";\n${SCRIPTS.map(asset).join("\n")}})();\n`;
  const hash = createHash("sha256").update(script).digest("base64");
  const policy = [
    "default-src 'none'",
    "style-src 'unsafe-inline'",
    `script-src 'sha256-${hash}'`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${escapeText(`${plan.project}/${plan.stack}: plan`)}</title>
<style>
${STYLES.map(asset).join("\n")}</style>
</head>
<body>
<a class="skip" href="#main" data-skip>Skip to content</a>
<header id="top"></header>
<nav class="views" aria-label="Views"><div id="tabs" role="tablist" aria-label="Views"></div></nav>
<main id="main" tabindex="-1"></main>
<noscript><p class="empty">This page shows its plan with a script, which is switched off.</p></noscript>
<script type="application/json" id="plan">${json(pageData(plan, cost, more))}</script>
<script>${script}</script>
</body>
</html>
`;
}

/**
 * Writes the page in one step: a reader sees the old page or the new one, never half of one.
 * Throws wrong usage where the file cannot be written.
 */
export function writePage(file: string, plan: Plan, cost: CostEstimate, diff?: StackDiff): void {
  const repository = repositoryFrom(file);
  try {
    writeWhole(file, renderHtml(plan, cost, { repository, ...(diff && { diff }) }));
  } catch (error) {
    if (!(error instanceof NotWritten)) throw error;
    throw previewError("usage", `--html ${error.message}`);
  }
}

function asset(name: string): string {
  return fs.readFileSync(path.join(__dirname, name), "utf8");
}

/** JSON that ends no script element, opens no comment and holds no line separator of JavaScript. */
function json(value: unknown): string {
  return JSON.stringify(value)
    .replace(/</g, "\\u003c")
    .replace(/\u2028/g, "\\u2028")
    .replace(/\u2029/g, "\\u2029");
}
