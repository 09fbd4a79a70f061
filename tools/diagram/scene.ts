/** A picture with positions: boxes, texts and lines in pixels, ready to be drawn. */
import type { Edge, Group, Node, Way } from "./model";

/** A rectangle in pixels. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

/** A point in pixels. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Which colour a text has. */
export type Tone = "ink" | "muted" | "inverse" | Group | Way;

/** A line of text. */
export interface Text extends Point {
  readonly text: string;
  readonly size: number;
  readonly bold?: boolean;
  /** Pixels between characters. */
  readonly spacing?: number;
  readonly tone: Tone;
  /** Which end `x` is at. Default: start. */
  readonly anchor?: "start" | "middle" | "end";
  /** Pixels that the text may be wide. */
  readonly room: number;
}

/** A small filled box with a text: a firewall, an endpoint, a target group. */
export interface Chip extends Box {
  readonly kind: "firewall" | "dead-letters" | "blue" | "green" | "extra" | "endpoint";
  readonly texts: readonly Text[];
  /** What it is, for who points at it. */
  readonly title: string;
}

/** A node's box. */
export interface Card extends Box {
  readonly node: Node;
  readonly texts: readonly Text[];
  readonly chips: readonly Chip[];
}

/** A frame around cards. */
export interface Panel extends Box {
  readonly id: string;
  readonly kind: "region" | "other-region" | "network" | "tier" | "area";
  readonly texts: readonly Text[];
  readonly chips: readonly Chip[];
}

/** A line from card to card. */
export interface Route {
  readonly edge: Edge;
  /** Corners, from the edge of the one card to the edge of the other. */
  readonly points: readonly Point[];
  readonly label?: Label;
}

/** What a line says. */
export interface Label extends Box {
  readonly lines: readonly Text[];
}

/** A sample and what it means. */
export interface LegendItem extends Point {
  readonly sample:
    | { readonly group: Group }
    | { readonly way: Way }
    | { readonly chip: Exclude<Chip["kind"], "extra"> }
    | { readonly frame: "network" };
  readonly text: Text;
}

/** Everything to draw. */
export interface Scene {
  readonly width: number;
  readonly height: number;
  readonly panels: readonly Panel[];
  readonly cards: readonly Card[];
  readonly routes: readonly Route[];
  /** Texts that belong to no box: title, caption. */
  readonly texts: readonly Text[];
  readonly legend: readonly LegendItem[];
}

/** True if two boxes have an area in common. */
export function overlap(one: Box, other: Box): boolean {
  return (
    one.x < other.x + other.w &&
    other.x < one.x + one.w &&
    one.y < other.y + other.h &&
    other.y < one.y + one.h
  );
}
