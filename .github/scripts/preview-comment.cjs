"use strict";
// Writes comment.md as the one comment of the preview on a pull request. Run by actions/github-script.
const { readFileSync } = require("node:fs");

module.exports = async ({ github, context }) => {
  const body = readFileSync("comment.md", "utf8");
  const marker = body.split("\n", 1)[0];
  const where = { ...context.repo, issue_number: context.issue.number };
  const comments = await github.paginate(github.rest.issues.listComments, where);
  const own = comments.find(
    (comment) => comment.user.type === "Bot" && comment.body.startsWith(marker),
  );
  if (own) {
    await github.rest.issues.updateComment({ ...context.repo, comment_id: own.id, body });
  } else {
    await github.rest.issues.createComment({ ...where, body });
  }
};
