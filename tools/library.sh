#!/bin/sh
# Lay out PREFIX/lib/python3.14t over a standard library: its files (hard links where the file system allows, so that their
# real path is below PREFIX, by which tools tell the library from a program), our own files from lib/, and the layout of an
# upstream Python where a distribution changed it. Its test package stays where it is, behind a link.
#
#     tools/library.sh STDLIB PREFIX
#
# Debian patches site and sysconfig for dist-packages, and ensurepip to refuse; they are rewritten here to what upstream
# has. A standard library without those patches comes through unchanged. The wheel that ensurepip installs is the newest of
# build/wheels and the library's own share/python-wheels; pip before 24 does not run on 3.14.
set -eu

stdlib=$1
prefix=$2
root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
library=$prefix/lib/python3.14t

wheel=$(ls "$root"/build/wheels/pip-*.whl "$stdlib"/../../share/python-wheels/pip-*.whl "$stdlib"/ensurepip/_bundled/pip-*.whl 2>/dev/null |
    sed -n 's|^.*/pip-\([0-9]*\)\..*$|\1 &|p' | sort -n | tail -n 1)
[ "${wheel%% *}" -ge 24 ] 2>/dev/null || wheel=
wheel=${wheel#* }

# Nothing to do while neither side has changed.
state=$(printf '%s\n' "$stdlib" "$wheel"; ls "$stdlib" "$root/lib"; cksum "$0" "$root"/lib/*)
[ "$(cat "$library/.layout" 2>/dev/null)" != "$state" ] || exit 0

# A new folder takes the place of the old one, whose installed packages it keeps.
place() { cp -al "$@" 2>/dev/null || cp -a "$@"; }
old=$library
library=$old.new
rm -rf "$library" "$old.old"
mkdir -p "$library/lib-dynload" "$library/sysconfig" "$library/ensurepip/_bundled"
set --
for path in "$stdlib"/*; do
    case ${path##*/} in
    __pycache__ | lib-dynload | site-packages | dist-packages | sysconfig | ensurepip | site.py | EXTERNALLY-MANAGED) continue ;;
    _sysconfigdata_* | _sysconfig_vars_* | build-details* | config-* | sitecustomize.py | test) continue ;;
    esac
    set -- "$@" "$path"
done
place "$@" "$library/"
[ ! -d "$stdlib/test" ] || ln -s "$stdlib/test" "$library/test"
place "$root"/lib/* "$library/"
for path in "$stdlib"/sysconfig/*.py; do
    case ${path##*/} in __init__.py) ;; *) place "$path" "$library/sysconfig/" ;; esac
done
sed -e '/^            if is_virtual_environment:$/,/^            # this one is deprecated for Debian$/d' \
    -e 's/"dist-packages")/"site-packages")/' "$stdlib/site.py" >"$library/site.py"
sed -e "/^    'deb_system': {\$/,/^        },\$/d" -e "/^    'posix_local': {\$/,/^        },\$/d" \
    -e "s/, 'posix_local', 'deb_system')/)/" \
    -e "s/'DEB_PYTHON_INSTALL_LAYOUT', 'posix_local')/'DEB_PYTHON_INSTALL_LAYOUT', 'posix_prefix')/" \
    -e "s/prefix_scheme = 'posix_local'/prefix_scheme = 'posix_prefix'/" \
    "$stdlib/sysconfig/__init__.py" >"$library/sysconfig/__init__.py"
if [ -d "$stdlib/ensurepip" ]; then
    for path in "$stdlib"/ensurepip/*.py; do
        case ${path##*/} in __init__.py) ;; *) place "$path" "$library/ensurepip/" ;; esac
    done
    sed -e '/^    _ensurepip_is_disabled_in_debian_for_system()$/d' "$stdlib/ensurepip/__init__.py" >"$library/ensurepip/__init__.py"
    [ -z "$wheel" ] || place "$wheel" "$library/ensurepip/_bundled/"
fi
# PEP 739's description of the installation.
for path in "$stdlib"/build-details*.json; do
    [ -f "$path" ] || continue
    sed -e 's|"base_prefix": ".*"|"base_prefix": "'"$prefix"'"|' -e 's|"base_interpreter": ".*"|"base_interpreter": "'"$prefix"'/taipan"|' \
        -e 's|"flags": \[.*\]|"flags": ["t"]|' -e 's|cpython-314t*-x86_64|cpython-314t-x86_64|' -e '/"\.abi3/d' \
        -e 's|"static": ".*"|"static": "'"$prefix"'/lib/libpython3.14t.a"|' -e 's|"headers": ".*"|"headers": "'"$prefix"'/include/python3.14t"|' \
        -e 's|"pkgconfig_path": ".*"|"pkgconfig_path": "'"$prefix"'/lib/pkgconfig"|' "$path" >"$library/build-details.json"
    ln -sf build-details.json "$library/build-details.t.x86_64-linux-gnu.json" # Debian's name
done
printf '%s\n' "$state" >"$library/.layout"
if [ -d "$old/site-packages" ]; then mv "$old/site-packages" "$library/"; else mkdir -p "$library/site-packages"; fi
[ ! -d "$old" ] || mv "$old" "$old.old"
mv "$library" "$old"
rm -rf "$old.old"
