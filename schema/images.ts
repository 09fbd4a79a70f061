/** What names a container's image, and the repository that it is in. */
import type { z } from "zod";

import { REPOSITORY_NAMES } from "../facts/name-lengths";
import type { Names } from "../platform/names";
import { mapped } from "../platform/records";
import { flag, group, text } from "./common";

export const image = text(
  /^(sha256:[0-9a-f]{64}|(?!latest$)[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}|[a-z0-9.:-]+\/[a-z0-9/._-]+(@sha256:[0-9a-f]{64}|:(?!latest$)[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}))$/,
  "a digest (sha256:...) or a tag of the service's own repository, or a full image reference with either, but never latest",
);

export const repositorySchema = group({
  create: flag().default(true).describe("Whether this stack creates the image repository"),
  name: text(new RegExp(`^${REPOSITORY_NAMES.pattern}$`), "the name of an ECR repository")
    .optional()
    .describe("Repository that another stack created, such as the target of image copies"),
});

/** Image repositories by service, and whether this stack creates them. */
export type ServiceRepositories = Readonly<
  Record<string, { readonly name: string; readonly own: boolean }>
>;

export function imageRepositories(
  names: Names,
  services: Readonly<Record<string, { readonly repository: z.infer<typeof repositorySchema> }>>,
): ServiceRepositories {
  return mapped(services, ({ repository }, key) => ({
    name: names.repository(key, repository.name),
    own: repository.create,
  }));
}
