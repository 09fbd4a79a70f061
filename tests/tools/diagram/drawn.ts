/** Pictures of the shipped stacks, each laid out once for all the tests of a process. */
import { pictureOf } from "../../../tools/diagram/graph";
import { layoutOf } from "../../../tools/diagram/layout";
import type { Picture } from "../../../tools/diagram/model";
import { OVERVIEW, overviewOf } from "../../../tools/diagram/overview";
import { OVERVIEW_FILE, PAGE_FILE, pageOf, SVG_FILE } from "../../../tools/diagram/page";
import type { Scene } from "../../../tools/diagram/scene";
import { svgOf } from "../../../tools/diagram/svg";
import { planOf } from "../../support/plans";

/** A stack's picture, its layout, and its files. */
export interface Drawn {
  readonly picture: Picture;
  readonly scene: Scene;
  readonly overview: { readonly picture: Picture; readonly scene: Scene };
  readonly files: Readonly<Record<string, string>>;
}

const drawn = new Map<string, Promise<Drawn>>();

/** The picture of a stack; not to be changed. */
export function drawnOf(stack: string): Promise<Drawn> {
  let found = drawn.get(stack);
  if (found === undefined) {
    found = planOf(stack).then((plan) => {
      const picture = pictureOf(plan);
      const scene = layoutOf(picture);
      const small = overviewOf(picture);
      const overview = { picture: small, scene: layoutOf(small, OVERVIEW) };
      const files = {
        [OVERVIEW_FILE]: svgOf(overview.scene, small),
        [SVG_FILE]: svgOf(scene, picture),
        [PAGE_FILE]: pageOf(picture),
      };
      return { picture, scene, overview, files };
    });
    drawn.set(stack, found);
  }
  return found;
}
