"use strict";
// One issue for each stack: opened with drift.md, closed when that is empty. Run by actions/github-script.
const { readFileSync } = require("node:fs");

module.exports = async ({ github, context }) => {
  const { issues } = github.rest;
  const body = readFileSync("drift.md", "utf8");
  const title = `Drift: ${process.env.STACK}`;
  const found = await github.paginate(issues.listForRepo, {
    ...context.repo,
    labels: "drift",
    state: "open",
  });
  const issue = found.find((candidate) => candidate.title === title);
  if (body !== "") {
    await (issue
      ? issues.update({ ...context.repo, issue_number: issue.number, body })
      : issues.create({ ...context.repo, title, body, labels: ["drift"] }));
    return;
  }
  if (issue) {
    const where = { ...context.repo, issue_number: issue.number };
    await issues.createComment({ ...where, body: "What is deployed is what main says again." });
    await issues.update({ ...where, state: "closed" });
  }
};
