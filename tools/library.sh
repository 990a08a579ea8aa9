#!/bin/sh
# Lay out PREFIX/lib/python3.14t over a standard library that stays where it is: links to its files, our own files from
# lib/, and the layout of an upstream Python where a distribution changed it.
#
#     tools/library.sh STDLIB PREFIX
#
<<<<<<< HEAD
# Debian patches site and sysconfig for dist-packages, and ensurepip to refuse; they are rewritten here to what upstream
# has. A standard library without those patches comes through unchanged. The wheel that ensurepip installs is the newest of
# build/wheels and the library's own share/python-wheels; pip before 24 does not run on 3.14.
=======
# Debian patches site and sysconfig for dist-packages, and ensurepip so that it refuses; they are rewritten here to
# upstream's ways. A standard library without those patches comes through unchanged. Debian also keeps ensurepip and the
# wheel of pip in packages of their own, which ./x unpacks below build/stdlib.
>>>>>>> 4168382 (pip in virtual environments: ensurepip as upstream's, with Debian's wheel; coroutines never awaited are told also at the end)
set -eu

stdlib=$1
prefix=$2
root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
library=$prefix/lib/python3.14t

<<<<<<< HEAD
wheel=$(ls "$root"/build/wheels/pip-*.whl "$stdlib"/../../share/python-wheels/pip-*.whl "$stdlib"/ensurepip/_bundled/pip-*.whl 2>/dev/null |
    sed -n 's|^.*/pip-\([0-9]*\)\..*$|\1 &|p' | sort -n | tail -n 1)
[ "${wheel%% *}" -ge 24 ] 2>/dev/null || wheel=
wheel=${wheel#* }

# Nothing to do while neither side has changed.
state=$(printf '%s\n' "$stdlib" "$wheel"; ls "$stdlib" "$root/lib"; cksum "$0" "$root"/lib/*)
[ "$(cat "$library/.layout" 2>/dev/null)" != "$state" ] || exit 0

mkdir -p "$library/site-packages" "$library/lib-dynload" "$library/sysconfig"
find "$library" -maxdepth 3 -type l -delete
mkdir -p "$library/ensurepip/_bundled"
=======
ensurepip=$stdlib/ensurepip
[ -d "$ensurepip" ] || ensurepip=$root/build/stdlib/usr/lib/python3.14/ensurepip
wheel=
for folder in "$stdlib/ensurepip/_bundled" "$stdlib/../../share/python-wheels" "$root/build/stdlib/usr/share/python-wheels"; do
    for candidate in "$folder"/pip-*.whl; do
        if [ -z "$wheel" ] && [ -f "$candidate" ]; then wheel=$(readlink -f "$candidate"); fi
    done
done

# Nothing to do while neither side has changed.
state=$(printf '%s\n' "$stdlib" "$ensurepip" "$wheel"; ls "$stdlib" "$root/lib"; cksum "$0" "$root"/lib/*)
[ "$(cat "$library/.layout" 2>/dev/null)" != "$state" ] || exit 0

mkdir -p "$library"
find "$library" -maxdepth 3 -type l -delete
mkdir -p "$library/site-packages" "$library/lib-dynload" "$library/sysconfig" "$library/ensurepip/_bundled"
>>>>>>> 4168382 (pip in virtual environments: ensurepip as upstream's, with Debian's wheel; coroutines never awaited are told also at the end)
for path in "$stdlib"/*; do
    case ${path##*/} in
    __pycache__ | lib-dynload | site-packages | dist-packages | sysconfig | ensurepip | site.py | EXTERNALLY-MANAGED) continue ;;
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
<<<<<<< HEAD
if [ -d "$stdlib/ensurepip" ]; then
    for path in "$stdlib"/ensurepip/*.py; do
        case ${path##*/} in __init__.py) ;; *) ln -sf -t "$library/ensurepip" "$path" ;; esac
    done
    sed -e '/^    _ensurepip_is_disabled_in_debian_for_system()$/d' "$stdlib/ensurepip/__init__.py" >"$library/ensurepip/__init__.py"
    [ -z "$wheel" ] || ln -sf -t "$library/ensurepip/_bundled" "$wheel"
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
=======
if [ -f "$ensurepip/__init__.py" ]; then
    ln -sf -t "$library/ensurepip" "$ensurepip/__main__.py" "$ensurepip/_uninstall.py"
    sed -e '/^def _ensurepip_is_disabled_in_debian_for_system/,/^    sys.exit(1)$/d' \
        -e '/^ *_ensurepip_is_disabled_in_debian_for_system()$/d' "$ensurepip/__init__.py" >"$library/ensurepip/__init__.py"
fi
[ -z "$wheel" ] || ln -sf "$wheel" "$library/ensurepip/_bundled/"
>>>>>>> 4168382 (pip in virtual environments: ensurepip as upstream's, with Debian's wheel; coroutines never awaited are told also at the end)
printf '%s\n' "$state" >"$library/.layout"
