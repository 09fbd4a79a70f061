/** Nothing in a picture hides or overflows anything else. */
import assert from "node:assert/strict";

import { GRID } from "../../../tools/diagram/card";
import { pictureOf } from "../../../tools/diagram/graph";
import { bordersOf, segmentsOf } from "../../../tools/diagram/labels";
import { boxOf, layoutOf } from "../../../tools/diagram/layout";
import { OVERVIEW, overviewOf } from "../../../tools/diagram/overview";
import { overlap, type Box, type Point, type Scene, type Text } from "../../../tools/diagram/scene";
import { fit, widthOf, wrap } from "../../../tools/diagram/text";
import { DARK, LIGHT, type Palette } from "../../../tools/diagram/theme";
import { planOf } from "../../support/plans";
import { stackNames } from "../../support/stack-files";
import { drawnOf } from "./drawn";

const inside = (inner: Box, outer: Box): boolean =>
  inner.x >= outer.x - 0.01 &&
  inner.y >= outer.y - 0.01 &&
  inner.x + inner.w <= outer.x + outer.w + 0.01 &&
  inner.y + inner.h <= outer.y + outer.h + 0.01;

/** Every text of a scene. */
function textsOf({ cards, panels, routes, texts, legend }: Scene): Text[] {
  return [
    ...[...cards, ...panels].flatMap((box) => [
      ...box.texts,
      ...box.chips.flatMap((chip) => chip.texts),
    ]),
    ...routes.flatMap(({ label }) => label?.lines ?? []),
    ...texts,
    ...legend.map(({ text }) => text),
  ];
}

/** A straight line as a box without a breadth. */
const lineBox = ([a, b]: readonly [Point, Point]): Box => ({
  ...{ x: Math.min(a.x, b.x), y: Math.min(a.y, b.y) },
  ...{ w: Math.abs(a.x - b.x), h: Math.abs(a.y - b.y) },
});

describe("the layout of", () => {
  const views = ["full picture", "overview"] as const;
  for (const [stack, view] of stackNames().flatMap((name) =>
    views.map((one) => [name, one] as const),
  )) {
    describe(`${stack}'s ${view}`, () => {
      let scene: Scene;
      before(async () => {
        const drawn = await drawnOf(stack);
        ({ scene } = view === "overview" ? drawn.overview : drawn);
      });

      it("has every card on the grid and within the page", () => {
        const page = { x: 0, y: 0, w: scene.width, h: scene.height };
        for (const { node, x, y, w, h } of scene.cards) {
          assert.ok(
            [x, y, w, h].every((pixels) => pixels % GRID === 0),
            node.id,
          );
          assert.ok(inside({ x, y, w, h }, page), node.id);
        }
      });

      it("has no two cards on top of each other", () => {
        scene.cards.forEach((one, index) =>
          scene.cards
            .slice(index + 1)
            .forEach((other) =>
              assert.ok(!overlap(one, other), `${one.node.id}, ${other.node.id}`),
            ),
        );
      });

      it("has cards within frames or beside them, never across a border", () => {
        for (const card of scene.cards) {
          for (const panel of scene.panels) {
            assert.ok(
              !overlap(card, panel) || inside(card, panel),
              `${card.node.id} across ${panel.id}`,
            );
          }
        }
      });

      it("has no text that is wider than its room, and none outside of its card", () => {
        for (const text of textsOf(scene)) {
          assert.ok(widthOf(text.text, text) <= text.room + 0.01, `"${text.text}" in ${text.room}`);
        }
        for (const card of scene.cards) {
          for (const text of [...card.texts, ...card.chips.flatMap((chip) => chip.texts)]) {
            assert.ok(inside(boxOf(text), card), `"${text.text}" of ${card.node.id}`);
          }
        }
      });

      it("has no texts on top of each other", () => {
        const texts = textsOf(scene).map((text) => ({ text: text.text, box: boxOf(text) }));
        // Lines of text may stand as near as their letters allow.
        const tight = texts.map(({ text, box }) => ({ text, box: { ...box, h: box.h * 0.75 } }));
        tight.forEach((one, index) =>
          tight
            .slice(index + 1)
            .forEach((other) =>
              assert.ok(!overlap(one.box, other.box), `${one.text} | ${other.text}`),
            ),
        );
      });

      it("has no line through a card, a heading or a list of zones", () => {
        for (const { edge, points } of scene.routes) {
          for (const [a, b] of segmentsOf({ points })) {
            const line = lineBox([a, b]);
            assert.ok(line.w === 0 || line.h === 0, `${edge.from} > ${edge.to} is not straight`);
            for (const card of scene.cards) {
              assert.ok(!overlap(line, card), `${edge.from} > ${edge.to} through ${card.node.id}`);
            }
            for (const text of scene.panels.flatMap((panel) => panel.texts)) {
              assert.ok(!overlap(line, boxOf(text)), `${edge.from} > ${edge.to} on ${text.text}`);
            }
          }
        }
      });

      it("has each line from the border of the one card to that of the other", () => {
        const cards = new Map(scene.cards.map((card) => [card.node.id, card]));
        for (const { edge, points } of scene.routes) {
          for (const [id, { x, y }] of [
            [edge.from, points[0]!],
            [edge.to, points.at(-1)!],
          ] as const) {
            const card = cards.get(id)!;
            const upright =
              (x === card.x || x === card.x + card.w) && y > card.y && y < card.y + card.h;
            const level =
              (y === card.y || y === card.y + card.h) && x > card.x && x < card.x + card.w;
            assert.ok(upright || level, `${edge.from} > ${edge.to} at ${id}`);
          }
        }
      });

      it("has lines of different meaning nowhere on top of each other", () => {
        const users = new Map<string, { from: string; to: string; way: string }>();
        for (const { edge, points } of scene.routes) {
          for (const [a, b] of segmentsOf({ points })) {
            const [right, down] = [Math.sign(b.x - a.x) * GRID, Math.sign(b.y - a.y) * GRID];
            for (let { x, y } = a; x !== b.x || y !== b.y; x += right, y += down) {
              const key = [Math.min(x, x + right), Math.min(y, y + down), right !== 0].join(" ");
              const other = users.get(key) ?? edge;
              const tree = other.from === edge.from || other.to === edge.to;
              assert.ok(
                other.way === edge.way && tree,
                `${edge.from} > ${edge.to} on ${other.from} > ${other.to}`,
              );
              users.set(key, edge);
            }
          }
        }
      });

      it("has labels that cover no card, no other label and no text", () => {
        const labels = scene.routes.flatMap(({ label }) => (label ? [label] : []));
        const texts = scene.panels.flatMap((panel) => panel.texts).map(boxOf);
        const boxes = [...scene.cards, ...texts, ...scene.panels.flatMap(({ chips }) => chips)];
        labels.forEach((label, index) => {
          const words = label.lines.map(({ text }) => text).join(", ");
          for (const box of [...boxes, ...labels.slice(index + 1)]) {
            assert.ok(!overlap(box, label), `${words} on ${JSON.stringify(box)}`);
          }
        });
        assert.ok(labels.length >= (view === "overview" ? 3 : 5), `${labels.length}`);
      });

      it("has labels that cover no border of a frame and no line but those they speak of", () => {
        for (const { edge, label } of scene.routes) {
          const covered = scene.routes.filter(
            (other) =>
              label !== undefined &&
              other.edge !== edge &&
              (other.edge.to !== edge.to || other.edge.label !== edge.label) &&
              segmentsOf(other).some((segment) => overlap(lineBox(segment), label)),
          );
          const borders = scene.panels
            .flatMap(bordersOf)
            .filter((border) => label !== undefined && overlap(border, label));
          assert.ok(
            covered.length + borders.length <= 0,
            `${edge.from} > ${edge.to} ${edge.label} on ${covered.map((one) => `${one.edge.from} > ${one.edge.to}`).join()}`,
          );
        }
      });

      it("has a legend of each colour, line, mark and dashed frame that is drawn, and of no other", () => {
        const { cards, panels, routes, legend } = scene;
        const drawn = [
          ...cards.map(({ node }) => `group ${node.group}`),
          ...routes.map(({ edge }) => `way ${edge.way}`),
          ...[...cards, ...panels]
            .flatMap(({ chips }) => chips)
            .filter(({ kind }) => kind !== "extra")
            .map(({ kind }) => `chip ${kind}`),
          ...panels
            .filter(({ kind }) => kind === "network" || kind === "other-region")
            .map(() => "frame network"),
        ];
        const explained = legend.flatMap(({ sample }) => Object.entries(sample)).map(String);
        assert.deepEqual(
          explained.map((one) => one.replace(",", " ")).sort(),
          [...new Set(drawn)].sort(),
        );
      });

      it("says the path of every request that a load balancer routes", () => {
        for (const { edge } of scene.routes) {
          if (edge.way === "request" && edge.label && edge.from.startsWith("load-balancer")) {
            const { texts } = scene.cards.find(({ node }) => node.id === edge.to)!;
            const words = texts.map(({ text }) => text);
            for (const one of edge.label.split(", "))
              assert.ok(words.includes(one), `${one} in ${words.join()}`);
          }
        }
      });

      it("is the same for any order of the resources", async () => {
        const plan = await planOf(stack);
        const resources = [...plan.resources].reverse();
        const picture = pictureOf({ ...plan, resources });
        const again =
          view === "overview" ? layoutOf(overviewOf(picture), OVERVIEW) : layoutOf(picture);
        assert.deepEqual(again, scene);
      });
    });
  }
});

describe("texts", () => {
  const font = { size: 12 };

  it("are as wide as their characters", () => {
    assert.ok(widthOf("WWW", font) > widthOf("iii", font));
    assert.ok(widthOf("abc", { size: 12, bold: true }) > widthOf("abc", font));
    assert.equal(widthOf("", font), 0);
  });

  it("are cut where they do not fit", () => {
    const cut = fit("a long name of something", 60, font);
    assert.match(cut, /^a lon.*…$/);
    assert.ok(widthOf(cut, font) <= 60);
    assert.equal(fit("a longer name", 60, font).at(-1), "…");
    assert.equal(fit("short", 60, font), "short");
  });

  it("are broken after hyphens into lines of like width", () => {
    assert.deepEqual(wrap("frontend-assets-prod", 110, { size: 14 }, 2), [
      "frontend-",
      "assets-prod",
    ]);
    assert.deepEqual(wrap("one", 110, font, 2), ["one"]);
    assert.equal(wrap("one-two-three-four-five-six", 60, font, 2).length, 2);
  });
});

describe("the colours of pictures", () => {
  /** Relative luminance, https://www.w3.org/TR/WCAG22/#dfn-relative-luminance */
  const luminance = (colour: string): number => {
    const [red, green, blue] = [1, 3, 5]
      .map((index) => Number.parseInt(colour.slice(index, index + 2), 16) / 255)
      .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
    return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
  };
  const contrast = (one: string, other: string): number => {
    const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
    return (light! + 0.05) / (dark! + 0.05);
  };
  const modes: readonly (readonly [string, Palette])[] = [
    ["light", LIGHT],
    ["dark", DARK],
  ];

  for (const [mode, palette] of modes) {
    it(`are readable in ${mode} mode`, () => {
      const { page, card, chip, region, otherRegion, area, network, tier } = palette;
      const surfaces = [page, card, chip, region, otherRegion, area, network, tier];
      const pairs = [
        ...surfaces.flatMap((surface) => [
          [palette.ink, surface],
          [palette.muted, surface],
        ]),
        ...Object.values(palette.groups).flatMap((group) => [
          [group, card],
          [group, chip],
        ]),
        ...Object.values(palette.ways).map((way) => [way, page]),
        [palette.inverse, palette.blue],
        [palette.inverse, palette.green],
      ];
      for (const [text, surface] of pairs) {
        assert.ok(contrast(text!, surface!) >= 4.5, `${text} on ${surface}`);
      }
      for (const surface of surfaces) {
        for (const way of Object.values(palette.ways)) {
          assert.ok(contrast(way, surface) >= 3, `line ${way} on ${surface}`);
        }
      }
    });
  }
});
