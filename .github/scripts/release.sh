#!/usr/bin/env bash
# Makes the release of a tag, with its bill of materials: release.sh <tag>. The tag has to be package.json's version.
set -euo pipefail
tag=$1
version=$(node -p 'JSON.parse(fs.readFileSync("package.json", "utf8")).version')
if [ "$tag" != "v$version" ]; then
  echo "release.sh: expected the tag v$version, which package.json says, got $tag" >&2
  exit 1
fi
node "$(dirname "$0")/sbom.mjs" >sbom.cdx.json
gh release create "$tag" --verify-tag --title "$tag" --notes "See CHANGELOG.md." sbom.cdx.json
