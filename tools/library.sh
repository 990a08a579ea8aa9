#!/bin/sh
# Lay out PREFIX/lib/python3.14t over a standard library that stays where it is: links to its files, our own files from
# lib/, and the layout of an upstream Python where a distribution changed it.
#
#     tools/library.sh STDLIB PREFIX
#
# Debian patches site and sysconfig for dist-packages; the two are rewritten here to upstream's site-packages. A standard
# library without those patches comes through unchanged.
set -eu

stdlib=$1
prefix=$2
root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
library=$prefix/lib/python3.14t

# Nothing to do while neither side has changed.
state=$(printf '%s\n' "$stdlib"; ls "$stdlib" "$root/lib"; cksum "$0" "$root"/lib/*)
[ "$(cat "$library/.layout" 2>/dev/null)" != "$state" ] || exit 0

mkdir -p "$library/site-packages" "$library/lib-dynload" "$library/sysconfig"
find "$library" -maxdepth 2 -type l -delete
for path in "$stdlib"/*; do
    case ${path##*/} in
    __pycache__ | lib-dynload | site-packages | dist-packages | sysconfig | site.py | EXTERNALLY-MANAGED) continue ;;
    _sysconfigdata_* | _sysconfig_vars_* | build-details* | config-* | sitecustomize.py) continue ;;
    esac
    printf '%s\n' "$path"
done | xargs -d '\n' ln -sf -t "$library"
ln -sf -t "$library" "$root"/lib/*
for path in "$stdlib"/sysconfig/*.py; do
    case ${path##*/} in __init__.py) ;; *) ln -sf -t "$library/sysconfig" "$path" ;; esac
done
sed -e '/^            if is_virtual_environment:$/,/^            # this one is deprecated for Debian$/d' \
    -e 's/"dist-packages")/"site-packages")/' "$stdlib/site.py" >"$library/site.py"
sed -e "/^    'deb_system': {\$/,/^        },\$/d" -e "/^    'posix_local': {\$/,/^        },\$/d" \
    -e "s/, 'posix_local', 'deb_system')/)/" \
    -e "s/'DEB_PYTHON_INSTALL_LAYOUT', 'posix_local')/'DEB_PYTHON_INSTALL_LAYOUT', 'posix_prefix')/" \
    -e "s/prefix_scheme = 'posix_local'/prefix_scheme = 'posix_prefix'/" \
    "$stdlib/sysconfig/__init__.py" >"$library/sysconfig/__init__.py"
printf '%s\n' "$state" >"$library/.layout"
