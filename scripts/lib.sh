# shellcheck shell=sh
# What the scripts say in the same way: . "$(dirname "$0")/lib.sh"

# usage: the comment from "Usage:" on, at the top of the script.
usage() { sed -n '/^# Usage: /,$ { /^#/!q; s/^# \{0,1\}//p; }' "$0"; }

# fail EXIT-CODE WHAT WHAT-TO-DO
fail() {
    echo "error: $2" >&2
    echo "  hint: $3" >&2
    exit "$1"
}

# say WHAT: how far the script is.
say() { echo "${0##*/}: $*" >&2; }
