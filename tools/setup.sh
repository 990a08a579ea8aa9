# shellcheck shell=sh
# What ./x needs before it can work: packages, the standard library, the build, the reference. Sourced by ./x.
# Every step looks first whether its result is there, so that a second call costs nothing.

BUILD_PACKAGES="clang-19 llvm-19 lld-19 libclang-rt-19-dev ccache ninja-build cmake libgmp-dev zlib1g-dev libbz2-dev liblzma-dev
libzstd-dev libexpat1-dev libsqlite3-dev libffi-dev libedit-dev libncurses-dev uuid-dev libssl-dev"
TEST_PACKAGES="libgtest-dev"
FORMAT_PACKAGES="clang-format-19"
REFERENCE_PACKAGES="debootstrap"
LOGS="$ROOT/build/logs"
ERRORS='error:|Error|FAILED|^E:'

say() {
    echo "taipan: $*" >&2
}

# fail WHAT HINT...: say what failed and what to do about it.
fail() {
    say "failed: $1"
    shift
    for hint in "$@"; do say "  $hint"; done
    exit 1
}

# logged NAME COMMAND...: run a long step quietly; its output is in build/logs/NAME.log, and its end is shown when it fails.
logged() {
    log_name=$1
    shift
    mkdir -p "$LOGS"
    "$@" >"$LOGS/$log_name.log" 2>&1 && return 0
    if grep -qE "$ERRORS" "$LOGS/$log_name.log"; then
        grep -E "$ERRORS" "$LOGS/$log_name.log" | head -n 20 >&2
    else
        tail -n 15 "$LOGS/$log_name.log" >&2
    fi
    return 1
}

as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif command -v sudo >/dev/null 2>&1; then
        sudo "$@"
    else
        say "this needs root, and there is no sudo: $*"
        return 1
    fi
}

# install_packages NAME...: install by apt those Debian packages that are missing.
install_packages() {
    command -v dpkg-query >/dev/null 2>&1 || fail "no dpkg here" "Taipan's set-up knows Debian 12; elsewhere, install: $*"
    missing=
    installed=$(dpkg-query -W -f='${Package} ${db:Status-Status}\n' "$@" 2>/dev/null || :)
    for package in "$@"; do
        case "
$installed
" in
        *"
$package installed
"*) ;;
        *) missing="$missing $package" ;;
        esac
    done
    [ -n "$missing" ] || return 0
    say "installing$missing"
    logged apt-update as_root apt-get update ||
        fail "apt-get update" "check the network and the apt sources, then run this again (log: build/logs/apt-update.log)"
    # shellcheck disable=SC2086
    logged apt-install as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $missing ||
        fail "apt-get install$missing" "install them by hand, then run this again (log: build/logs/apt-install.log)"
}

# ensure_python: a Python of the machine's own for our tools, any version from 3.10. It never runs the programs under test.
ensure_python() {
    PYTHON=${TAIPAN_TOOL_PYTHON:-python3}
    if ! "$PYTHON" -c 'import sys; sys.exit(sys.version_info < (3, 10))' 2>/dev/null; then
        install_packages python3
        PYTHON=/usr/bin/python3
    fi
}

# is_stdlib DIR: whether DIR is a 3.14 standard library.
is_stdlib() {
    [ -f "$1/os.py" ] && [ -f "$1/importlib/_bootstrap.py" ] && [ -f "$1/string/templatelib.py" ]
}

# ensure_stdlib [tests]: set STDLIB to the folder of the standard library (with CPython's tests, when asked for), in the
# order TAIPAN_STDLIB, a python3.14 on the machine, Debian's packages unpacked below build/.
ensure_stdlib() {
    unpacked="$ROOT/build/stdlib/usr/lib/python3.14"
    STDLIB=${TAIPAN_STDLIB:-}
    if [ -n "$STDLIB" ]; then
        is_stdlib "$STDLIB" || fail "TAIPAN_STDLIB=$STDLIB is no 3.14 standard library" "name the folder that holds os.py"
    elif [ -f "$ROOT/build/stdlib/path" ] && read -r STDLIB <"$ROOT/build/stdlib/path" && is_stdlib "$STDLIB"; then
        :
    else
        STDLIB=$(python3.14 -c 'import os; print(os.path.dirname(os.__file__))' 2>/dev/null || :)
        if [ -z "$STDLIB" ] || ! is_stdlib "$STDLIB"; then
            STDLIB=$unpacked
            [ -f "$ROOT/build/stdlib/.unpacked" ] || unpack_stdlib
        fi
        mkdir -p "$ROOT/build/stdlib"
        echo "$STDLIB" >"$ROOT/build/stdlib/path"
    fi
    if [ "${1:-}" = tests ] && ! [ -f "$STDLIB/test/support/__init__.py" ]; then
        # The machine's library comes without its tests: take the whole set from one place, so that the versions agree.
        say "no tests in $STDLIB; taking library and tests from Debian"
        [ -f "$ROOT/build/stdlib/.unpacked" ] || unpack_stdlib
        STDLIB=$unpacked
        echo "$STDLIB" >"$ROOT/build/stdlib/path"
    fi
    export TAIPAN_STDLIB="$STDLIB"
}

# debian_mirror: the main archive that this machine's apt is configured with.
debian_mirror() {
    {
        apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 2>/dev/null
        sed -n 's/^URIs:[[:space:]]*//p' /etc/apt/sources.list.d/*.sources 2>/dev/null | tr ' ' '\n'
        sed -n -E 's/^deb[[:space:]]+(\[[^]]*\][[:space:]]*)?([^[:space:]]+).*/\2/p' \
            /etc/apt/sources.list /etc/apt/sources.list.d/*.list 2>/dev/null
    } | grep -E '/debian/?$' | head -n 1
}

# private_apt ARGS...: apt-get with a source list, index and cache of its own below build/apt; the system's are not touched.
# Signatures are checked as always; only the date up to which an index is valid is not, because frozen mirrors outlive it.
private_apt() {
    apt-get -q -o Dir::Etc::sourcelist="$APT_DIR/sources.list" -o Dir::Etc::sourceparts=- \
        -o Dir::Etc::preferences=- -o Dir::Etc::preferencesparts=- -o Dir::State="$APT_DIR/state" \
        -o Dir::State::status="$APT_DIR/status" -o Dir::Cache="$APT_DIR/cache" -o APT::Sandbox::User=root \
        -o Acquire::Languages=none -o Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false \
        -o Acquire::Check-Valid-Until=false -o Acquire::Retries=3 "$@"
}

# private_apt_update SUITE
private_apt_update() {
    signed=
    [ ! -f /usr/share/keyrings/debian-archive-keyring.gpg ] ||
        signed="[signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] "
    mkdir -p "$APT_DIR/state/lists/partial" "$APT_DIR/cache/archives/partial" "$APT_DIR/debs"
    : >"$APT_DIR/status"
    echo "deb $signed$(debian_mirror) $1 main" >"$APT_DIR/sources.list"
    private_apt update
}

# python3.14-venv has ensurepip, python3-pip-whl what it installs.
PYTHON_PACKAGES="libpython3.14-minimal libpython3.14-stdlib libpython3.14-testsuite libpython3.14-dev python3.14-venv python3-pip-whl"

download_python() {
    (cd "$APT_DIR/debs" && rm -f ./*.deb && private_apt download $PYTHON_PACKAGES)
}

unpack_stdlib() {
    APT_DIR="$ROOT/build/apt"
    [ -n "$(debian_mirror)" ] ||
        fail "no Debian archive in the apt sources" "set TAIPAN_STDLIB to the lib/python3.14 folder of a CPython 3.14"
    downloaded=
    for suite in forky sid; do
        say "fetching the standard library from Debian $suite"
        if logged "apt-$suite" private_apt_update "$suite" && logged "download-$suite" download_python; then
            downloaded=yes
            break
        fi
    done
    [ -n "$downloaded" ] || fail "download of $PYTHON_PACKAGES" "check the network and run this again" \
        "or set TAIPAN_STDLIB to the lib/python3.14 folder of a CPython 3.14 (logs: build/logs)"
    rm -rf "$ROOT/build/stdlib"
    mkdir -p "$ROOT/build/stdlib"
    for deb in "$APT_DIR"/debs/*.deb; do
        logged unpack dpkg -x "$deb" "$ROOT/build/stdlib" || fail "dpkg -x $deb" "is the disk full?"
    done
    # Links into the system's /etc lead nowhere here, and Debian's native modules are for another ABI.
    find "$ROOT/build/stdlib/usr/lib/python3.14" -xtype l -delete
    rm -rf "$ROOT/build/stdlib/usr/lib/python3.14/lib-dynload" "$APT_DIR/debs"
    touch "$ROOT/build/stdlib/.unpacked"
}

# ensure_pip_wheel: a pip that runs on 3.14, for ensurepip and venv; without a network they do without.
ensure_pip_wheel() {
    for wheel in "$ROOT"/build/wheels/pip-*.whl "$STDLIB"/../../share/python-wheels/pip-*.whl "$STDLIB"/ensurepip/_bundled/pip-*.whl; do
        version=${wheel##*/pip-}
        if [ -f "$wheel" ] && [ "${version%%.*}" -ge 24 ]; then return 0; fi
    done
    APT_DIR="$ROOT/build/apt"
    mkdir -p "$ROOT/build/wheels" "$APT_DIR/debs"
    [ ! -f "$ROOT/build/wheels/.tried" ] && [ -n "$(debian_mirror)" ] || return 0
    for suite in forky sid; do
        if logged "apt-$suite" private_apt_update "$suite" &&
            (cd "$APT_DIR/debs" && rm -f ./*.deb && logged pip-wheel private_apt download python3-pip-whl && dpkg -x ./*.deb "$APT_DIR/pip"); then
            mv "$APT_DIR"/pip/usr/share/python-wheels/pip-*.whl "$ROOT/build/wheels"
            rm -rf "$APT_DIR/pip" "$APT_DIR/debs"
            return 0
        fi
    done
    touch "$ROOT/build/wheels/.tried"
    say "no pip wheel could be fetched: python -m venv needs --without-pip (put a pip-*.whl into build/wheels to change that)"
}

# is_fresh PRESET: whether that build is there and newer than everything it is made from, its standard library included.
is_fresh() {
    made_for=
    [ ! -f "$ROOT/build/$1/.configured-for" ] || read -r made_for <"$ROOT/build/$1/.configured-for"
    [ -f "$made_for/os.py" ] || return 1
    [ -x "$ROOT/build/$1/taipan" ] && [ -f "$ROOT/build/$1/.built" ] && { [ "$1" != release ] || [ -x "$ROOT/build/taipan" ]; } &&
        [ -z "$(find "$ROOT/src" "$ROOT/lib" "$ROOT/cmake" "$ROOT/tools" "$ROOT/CMakeLists.txt" "$ROOT/CMakePresets.json" \
            -newer "$ROOT/build/$1/.built" -print -quit 2>/dev/null)" ]
}

# ensure_profile: what an instrumented build learned from the bench programs; made once, TAIPAN_PGO=0 does without.
ensure_profile() {
    [ ! -f "$ROOT/build/profile/taipan.profdata" ] || return 0
    (
        build profile && say "training on the bench programs" && logged train "$ROOT/tools/train.sh" "$ROOT/build/profile"
    ) || {
        say "no profile (log: build/logs/train.log): the release is built without, and is slower"
        return 1
    }
}

# build PRESET [TARGET...]: the interpreter, and those of the other targets that this tree has.
build() {
    preset=$1
    shift
    case $preset in
    release | debug | profile | asan | tsan) ;;
    *) fail "no build called $preset" "there are: release debug profile asan tsan" ;;
    esac
    install_packages $BUILD_PACKAGES
    ensure_stdlib
    ensure_pip_wheel
    mkdir -p "$ROOT/build/$preset"
    touch "$ROOT/build/$preset/.started"
    configured="$ROOT/build/$preset/.configured-for"
    profile=
    if [ "$preset" = release ] && [ "${TAIPAN_PGO:-1}" != 0 ] && ensure_profile; then
        profile=-DTAIPAN_PROFILE=use
    fi
    wanted=$(printf '%s\n%s' "$STDLIB" "$profile")
    if ! [ -f "$ROOT/build/$preset/build.ninja" ] || [ "$(cat "$configured" 2>/dev/null)" != "$wanted" ]; then
        (cd "$ROOT" && logged "configure-$preset" cmake --preset "$preset" "-DTAIPAN_STDLIB=$STDLIB" $profile) ||
            fail "cmake --preset $preset" "log: build/logs/configure-$preset.log"
        echo "$wanted" >"$configured"
    fi
    targets=taipan
    for target in "$@"; do
        ! grep -q "^build $target:" "$ROOT/build/$preset/build.ninja" || targets="$targets $target"
    done
    say "building $preset (log: build/logs/build-$preset.log; the first time takes some minutes)"
    # shellcheck disable=SC2086
    logged "build-$preset" ninja -C "$ROOT/build/$preset" $targets ||
        fail "ninja -C build/$preset" "log: build/logs/build-$preset.log"
    # As an installed Python has it; a start that compiles the library takes twice as long.
    if [ "$preset" = release ]; then
        logged compile-library "$ROOT/build/release/taipan" -m compileall -q -x '/test/' "$ROOT/build/release/lib/python3.14t" || true
    fi
    # The time of the start, so that a file saved during the build is built next time.
    mv "$ROOT/build/$preset/.started" "$ROOT/build/$preset/.built"
    [ "$preset" != release ] || ln -sfn release/taipan "$ROOT/build/taipan"
}

# prepare_tests: what runs programs on Taipan from our tools; TAIPAN_BINARY tests another build.
prepare_tests() {
    ensure_python
    TAIPAN=${TAIPAN_BINARY:-$ROOT/build/taipan}
    if [ -z "${TAIPAN_BINARY:-}" ] && ! is_fresh release; then build release; fi
    ensure_stdlib tests
}

# ensure_reference: set REFERENCE to a command that runs CPython 3.14: TAIPAN_REFERENCE, or one made in build/reference.
ensure_reference() {
    REFERENCE=${TAIPAN_REFERENCE:-}
    [ -z "$REFERENCE" ] || return 0
    REFERENCE="$ROOT/build/reference/python3.14"
    [ ! -x "$REFERENCE" ] || return 0
    install_packages $REFERENCE_PACKAGES
    chroot_dir="$ROOT/build/reference/root"
    [ "$(id -u)" = 0 ] || fail "the reference lives in a chroot, which needs root" "set TAIPAN_REFERENCE to a CPython 3.14"
    unshare --mount true 2>/dev/null ||
        fail "no mount namespaces here" "set TAIPAN_REFERENCE to a command that runs a CPython 3.14"
    mirror=$(debian_mirror)
    [ -n "$mirror" ] || fail "no Debian archive in the apt sources" "set TAIPAN_REFERENCE to a CPython 3.14"
    # Debian 12's debootstrap does not know forky by name; its script is sid's.
    scripts="$ROOT/build/reference/scripts"
    mkdir -p "$scripts"
    cp -r /usr/share/debootstrap "$scripts"
    [ -e "$scripts/debootstrap/scripts/forky" ] || ln -s sid "$scripts/debootstrap/scripts/forky"
    say "installing CPython 3.14 into build/reference (a minute or two)"
    DEBOOTSTRAP_DIR="$scripts/debootstrap" logged reference debootstrap --variant=minbase \
        --include=python3.14,libpython3.14-testsuite,python3.14-dev,python3.14-venv forky "$chroot_dir" "$mirror" ||
        fail "debootstrap forky" "log: build/logs/reference.log" "or set TAIPAN_REFERENCE to a CPython 3.14"
    cat >"$REFERENCE.new" <<WRAPPER
#!/bin/sh
# CPython 3.14 in a folder. It sees /proc, /dev and this repository at its own path, and nothing else of the machine;
# these mounts live in a namespace of their own, so that deleting build/ can never reach through them.
exec unshare --mount /bin/sh -c '
    root=\$1 repository=\$2
    shift 2
    mkdir -p "\$root\$repository"
    mount --rbind /proc "\$root/proc" && mount --rbind /dev "\$root/dev" &&
        mount --bind "\$repository" "\$root\$repository" || exit 125
    exec chroot "\$root" /bin/sh -c '\''cd "\$0" 2>/dev/null; exec python3.14 "\$@"'\'' "\$PWD" "\$@"
' sh '$chroot_dir' '$ROOT' "\$@"
WRAPPER
    chmod +x "$REFERENCE.new"
    mv "$REFERENCE.new" "$REFERENCE"
}

cpp_files() {
    find "$ROOT/src" "$ROOT/tests/unit" -name '*.cpp' -o -name '*.h'
}
