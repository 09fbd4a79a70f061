"use strict";
// Writes comment.md as the one comment of the preview on a pull request. Run by actions/github-script. Of a run of another
// workflow, `run` is that run: its pull request is looked up, and one that has moved on since then is left alone.
const { readFileSync } = require("node:fs");

module.exports = async ({ github, context, run }) => {
  const number = run ? await pullRequestOf({ github, context, run }) : context.issue.number;
  if (number === undefined) return;
  const body = readFileSync("comment.md", "utf8");
  const [marker, second] = body.split("\n", 2);
  const quiet = second === "<!-- nothing changes -->";
  const where = { ...context.repo, issue_number: number };
  const comments = await github.paginate(github.rest.issues.listComments, where);
  const own = comments.find(
    (comment) => comment.user.type === "Bot" && comment.body.startsWith(marker),
  );
  if (own) {
    // The same again is no edit: what was approved stays approved.
    if (own.body.trim() !== body.trim()) {
      await github.rest.issues.updateComment({ ...context.repo, comment_id: own.id, body });
    }
    // Folding away is a courtesy: the comment stands without it.
    await github
      .graphql(quiet ? MINIMIZE : UNMINIMIZE, { id: own.node_id })
      .catch((error) => console.error(`preview-comment.cjs: ${error.message}`));
  } else if (!quiet) {
    await github.rest.issues.createComment({ ...where, body });
  }
};

// Source: GitHub's GraphQL API, mutations minimizeComment and unminimizeComment.
const MINIMIZE =
  "mutation ($id: ID!) { minimizeComment(input: { subjectId: $id, classifier: OUTDATED }) { clientMutationId } }";
const UNMINIMIZE =
  "mutation ($id: ID!) { unminimizeComment(input: { subjectId: $id }) { clientMutationId } }";

/** The open pull request of a fork's run, whose event does not name it; none where its branch has newer commits. */
async function pullRequestOf({ github, context, run }) {
  const { head_branch: branch, head_sha: sha, head_repository: repository } = run;
  const pulls = await github.paginate(github.rest.pulls.list, {
    ...context.repo,
    state: "open",
    head: `${repository.owner.login}:${branch}`,
  });
  return pulls.find(({ head }) => head.sha === sha)?.number;
}
