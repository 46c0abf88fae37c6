#!/bin/sh
# library.sh PYTHON VERSION TEST...: runs the library's tests under one interpreter, in an environment of its own from
# package/locks/library-tests.txt. The stamp holds the locks' checksum, so that a changed lock starts anew.
set -eu
python=$1 version=$2
shift 2
"$python" -c "import sys; sys.exit('.'.join(map(str, sys.version_info[:2])) != '$version')" >/dev/null 2>&1 || {
    echo "test-library: Python $version: not run, $python is not there (name it with PY${version%.*}${version#*.}=...)" >&2
    [ "${REQUIRE_PYTHONS:-}" != 1 ] || exit 1
    exit 0
}
venv=build/python-$version
locks=$(cat package/locks/build.txt package/locks/library-tests.txt | cksum)
if [ "$(cat "$venv/.complete" 2>/dev/null || :)" != "$locks" ]; then
    echo "test-library: Python $version: installing locked dependencies into $venv"
    rm -rf "$venv"
    "$python" -m venv "$venv"
    pip="$venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes"
    $pip -r package/locks/build.txt
    $pip --no-build-isolation -r package/locks/library-tests.txt
    echo "$locks" >"$venv/.complete"
fi
echo "test-library: Python $version"
exec "$venv/bin/python" -m pytest -p no:cacheprovider -W "ignore:Unknown config option" "$@"
