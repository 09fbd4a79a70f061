import assert from "node:assert/strict";

import * as fc from "fast-check";

import { renderComment } from "../../../tools/commands/comment-render";
import { code, fenced, fitted, plain } from "../../../tools/commands/markdown";

/** What a reader sees of a text in prose: GitHub takes escapes and entities back, and shows no gap. */
function seen(text: string): string {
  return text
    .replace(/\\([!-/:-@[-`{-~])/g, "$1")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&amp;", "&")
    .replaceAll("\u200b", "");
}

/** What GitHub would make something of. Source: GitHub Docs, "Autolinked references and URLs". */
const LINKS: Readonly<Record<string, string>> = {
  "a mention": "@platform-team",
  "a mention by an entity": "&#64;platform-team &commat;team",
  "an issue": "#123",
  "an issue by its short form": "GH-26",
  "an issue of another repository": "owner/repo#5",
  "a commit of another": "owner/repo@a5c3785ed8d6a35868bc169f07e40e889087fd2e",
  "a commit": "a5c3785ed8d6a35868bc169f07e40e889087fd2e and a5c3785",
  "a bare URL": "https://evil.example/x and http://evil.example",
  "a bare host": "www.evil.example",
  "a mailbox": "a@evil.example",
  "struck-through text": "~~not~~ refused",
  "an emoji": ":white_check_mark:",
  "a heading and a list": "# all is well",
  "a link": "[click](https://evil.example)",
  "a picture": "![x](https://evil.example/x.png)",
  html: "<img src=x> <!-- crm-preview --> <https://evil.example>",
  "code and emphasis": "`x` *y* _z_ **a**",
  mathematics: "$x$ $$y$$",
  "a cell's end": "a | b",
  "an alert": "[!NOTE]",
};

/** Text that GitHub's filters find after Markdown is read, and Markdown's own autolinks. */
const FOUND =
  /@[\w-]|#\d|\bGH-\d|:\/\/|\bwww\.|:[a-z0-9_+-]+:|\b(?=\d*[a-f])(?=[a-f]*\d)[0-9a-f]{7,40}\b/i;

describe("text of others in Markdown", () => {
  for (const [what, text] of Object.entries(LINKS)) {
    it(`stays text: ${what}`, () => {
      const shown = plain(text);
      assert.doesNotMatch(shown, FOUND);
      // No sign of Markdown without its escape, no entity but ours.
      assert.doesNotMatch(shown, /(?<!\\)[`*_[\](){}~|$^!]|[<>]|&(?!amp;|lt;|gt;)/);
      assert.equal(seen(shown), text);
    });
  }

  it("is in one line, and shows what a terminal would obey", () => {
    assert.equal(plain("a\n> [!CAUTION]\r\n\u202eb"), "a &gt; \\[\\!CAUTION\\] \\\\u202eb");
    assert.equal(code("a`b|c\n\u001b"), "`a'b\\|c \\u001b`");
  });

  it("leaves an account's number whole, for those who copy it", () => {
    assert.equal(plain("account 123456789012"), "account 123456789012");
  });

  it("ends no block", () => {
    const text = "```\n````\n@team\u001b\n</details>";
    const lines = fenced(text).split("\n");
    assert.equal(lines[0], "`````text");
    assert.equal(lines.at(-1), "`````");
    assert.ok(lines.includes("@team\\u001b"));
  });
});

describe("a text that is too long", () => {
  const rows = Array.from({ length: 40 }, (_, row) => `| ${row} |`);
  const blocks = [
    "## Preview",
    "- one\n- two\n- three",
    fenced(Array.from({ length: 30 }, (_, line) => `line ${line} \`\`\``).join("\n")),
    ["<details><summary>40 changes</summary>\n", "| |", "|---|", ...rows, "\n</details>"].join(
      "\n",
    ),
    "the end",
  ];
  const whole = fitted(blocks, 100_000);

  it("is whole where it fits", () => {
    assert.equal(whole, `${blocks.join("\n\n")}\n`);
  });

  it("is cut nowhere inside of a fence or a fold, wherever the limit is", () => {
    for (let longest = 20; longest < whole.length; longest++) {
      const text = fitted(blocks, longest);
      assert.ok(text.length <= longest + 60, `${longest}: ${text.length}`);
      assert.match(text, /Cut here; the run's artifacts have the rest\.\n$/);
      const count = (pattern: RegExp) => (text.match(pattern) ?? []).length;
      assert.equal(count(/^````text$/gm), count(/^````$/gm), `${longest}: fences`);
      assert.equal(count(/<details>/g), count(/^<\/details>$/gm), `${longest}: folds`);
      // A table has its head and a row, and a fence a line.
      assert.equal(count(/^\|---\|$/gm), count(/<details>/g));
      assert.doesNotMatch(text, /````text\n````/);
    }
  });

  it("fits with failures of any length", () => {
    const message = `${"```".repeat(30)}\n${"@team #1 ".repeat(400)}\n`;
    const failure = message.repeat(40);
    const text = renderComment(["production", "staging"].map((stack) => ({ stack, failure })));
    assert.ok(text.length < 65_536);
    assert.match(text, /^(`{3,})text$[^]*^\1$[^]*^(`{3,})text$[^]*^\2$/m);
  });

  it("is never longer than asked for", () => {
    fc.assert(
      fc.property(fc.array(fc.string()), fc.integer({ min: 10, max: 200 }), (some, longest) => {
        assert.ok(fitted(some, longest).length <= longest + 60);
      }),
      { numRuns: 100 },
    );
  });
});
