"use strict";
// Writes the preview's comments on the pull requests that a deployment brings and that a reviewer has approved after the
// comment said what it says: approved-comments.cjs <folder of `npm run approved`>. Needs gh with a token that reads pull
// requests, and GITHUB_REPOSITORY.
const { execFileSync } = require("node:child_process");
const { readFileSync, writeFileSync } = require("node:fs");
const { join } = require("node:path");

const MARKER = "<!-- crm-preview -->";
const BOT = "github-actions";

// Source: GitHub's GraphQL API, objects Commit, PullRequest, IssueComment and PullRequestReview.
const QUERY = `query ($owner: String!, $name: String!, $commit: GitObjectID!) {
  repository(owner: $owner, name: $name) {
    object(oid: $commit) {
      ... on Commit {
        associatedPullRequests(first: 10) {
          nodes {
            number merged headRefOid author { login }
            comments(first: 100) {
              nodes { body createdAt lastEditedAt author { __typename login } editor { __typename login } }
            }
            latestOpinionatedReviews(first: 100, writersOnly: true) {
              nodes { state submittedAt author { login } commit { oid } }
            }
          }
        }
      }
    }
  }
}`;

const isBot = (who) => who?.__typename === "Bot" && who.login === BOT;

/** The comments of a pull request that were approved: ours alone, as they were when another person approved the last commit. */
function approvedComments({ merged, headRefOid, author, comments, latestOpinionatedReviews }) {
  if (!merged) return [];
  const approvals = latestOpinionatedReviews.nodes.filter(
    ({ state, author: reviewer, commit }) =>
      state === "APPROVED" && commit?.oid === headRefOid && reviewer?.login !== author?.login,
  );
  return comments.nodes.filter(
    ({ body, createdAt, lastEditedAt, author: writer, editor }) =>
      isBot(writer) &&
      (editor === null || editor === undefined || isBot(editor)) &&
      body.startsWith(MARKER) &&
      approvals.some(({ submittedAt }) => submittedAt >= (lastEditedAt ?? createdAt)),
  );
}

function main(folder) {
  const run = (program, ...args) =>
    execFileSync(program, args, { encoding: "utf8", maxBuffer: 2 ** 26 });
  const deployed = readFileSync(join(folder, "deployed-commit.txt"), "utf8").trim();
  const [owner, name] = process.env.GITHUB_REPOSITORY.split("/");
  // Of a stack that has nothing, everything is new: nothing is lost.
  const commits = deployed === "" ? [] : run("git", "rev-list", `${deployed}..HEAD`).split("\n");
  const found = new Map();
  for (const commit of commits.filter(Boolean)) {
    const fields = [`query=${QUERY}`, `owner=${owner}`, `name=${name}`, `commit=${commit}`];
    const answer = run("gh", "api", "graphql", ...fields.flatMap((field) => ["-f", field]));
    const { nodes } = JSON.parse(answer).data.repository.object.associatedPullRequests;
    for (const one of nodes) found.set(one.number, one);
  }
  const bodies = [...found.values()].flatMap(approvedComments).map(({ body }) => body);
  writeFileSync(join(folder, "approved-comments.json"), `${JSON.stringify(bodies)}\n`);
  console.log(
    `${found.size} pull requests since the last deployment, ${bodies.length} approved comments`,
  );
}

module.exports = { approvedComments };
if (require.main === module) main(process.argv[2]);
