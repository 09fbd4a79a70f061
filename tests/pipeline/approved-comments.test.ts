/** Which comments count as approved: who wrote them, who approved which commit, and when. */
import assert from "node:assert/strict";
import * as path from "node:path";

import { MARKER } from "../../tools/diff/shown";
import { folderForEach, SCRIPTS } from "../support/scripts";

const BOT = { __typename: "Bot", login: "github-actions" };
const BODY = `${MARKER}\n<!-- plan staging ${"0".repeat(32)} shows -->\n`;

interface PullRequest {
  number: number;
  merged: boolean;
  headRefOid: string;
  author: { login: string };
  comments: { nodes: Record<string, unknown>[] };
  latestOpinionatedReviews: { nodes: Record<string, unknown>[] };
}

const comment = (more: object = {}) => ({
  ...{ body: BODY, createdAt: "2026-11-01T10:00:00Z", lastEditedAt: null, author: BOT },
  ...{ editor: null, ...more },
});
const review = (more: object = {}) => ({
  ...{ state: "APPROVED", submittedAt: "2026-11-01T11:00:00Z", author: { login: "reviewer" } },
  ...{ commit: { oid: "head" }, ...more },
});
const pull = (comments: object, reviews: object, more: Partial<PullRequest> = {}): PullRequest => ({
  ...{ number: 1, merged: true, headRefOid: "head", author: { login: "author" } },
  comments: { nodes: [comments as Record<string, unknown>] },
  latestOpinionatedReviews: { nodes: [reviews as Record<string, unknown>] },
  ...more,
});

describe("approved-comments.cjs", () => {
  const { program, run, read } = folderForEach();

  it("accepts the workflow's comment if another user approved it unchanged, on the last commit", () => {
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- a script of the workflows
    const { approvedComments } = require(path.join(SCRIPTS, "approved-comments.cjs")) as {
      approvedComments: (one: PullRequest) => { body: string }[];
    };
    const edited = (hour: number) => ({ lastEditedAt: `2026-11-01T${hour}:30:00Z`, editor: BOT });
    const person = { __typename: "User", login: "reviewer" };
    const cases: [PullRequest, boolean][] = [
      [pull(comment(), review()), true],
      [pull(comment(edited(10)), review()), true],
      // Changed after it was approved, or by a person.
      [pull(comment(edited(11)), review()), false],
      [pull(comment({ ...edited(10), editor: person }), review()), false],
      [pull(comment({ author: person }), review()), false],
      [pull(comment({ author: { ...BOT, login: "other" } }), review()), false],
      [pull(comment({ body: `quoted: ${BODY}` }), review()), false],
      [pull(comment(), review({ state: "CHANGES_REQUESTED" })), false],
      // Approved before the last commit, or by its author.
      [pull(comment(), review({ commit: { oid: "older" } })), false],
      [pull(comment(), review({ author: { login: "author" } })), false],
      [pull(comment(), review(), { merged: false }), false],
    ];
    cases.forEach(([one, counts], index) =>
      assert.equal(approvedComments(one).length, counts ? 1 : 0, `case ${index + 1}`),
    );
  });

  it("asks for the pull requests of each commit since the last deployment, and counts each once", () => {
    program("pulumi", 'echo "{}"');
    program("npm", "[[ $* == *approved* ]] && echo old >deployment/deployed-commit.txt; exit 0");
    program("git", "[[ $* == 'rev-list old..HEAD' ]] && printf 'one\\ntwo\\n'");
    const nodes = [pull(comment(), review())];
    const answer = { data: { repository: { object: { associatedPullRequests: { nodes } } } } };
    program("gh", `cat <<'END'\n${JSON.stringify(answer)}\nEND`);
    const { status, said, calls } = run("deploy.sh", ["guard", "staging"], {
      GITHUB_REPOSITORY: "o/r",
    });
    assert.equal(status, 0, said);
    assert.deepEqual(calls.filter((call) => call.startsWith("gh api graphql")).length, 2);
    assert.ok(calls.some((call) => call.includes("-f owner=o -f name=r -f commit=two")));
    assert.deepEqual(JSON.parse(read("deployment/approved-comments.json")), [BODY]);
    assert.match(said, /1 pull requests since the last deployment, 1 approved comments/);
    // Where GitHub does not answer, nothing is taken as approved and nothing goes on.
    program("gh", "exit 1");
    assert.notEqual(run("deploy.sh", ["guard", "staging"], { GITHUB_REPOSITORY: "o/r" }).status, 0);
  });
});
