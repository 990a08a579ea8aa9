// The command line (CPython 3.14's).
#include "app/startup.h"
#include "capi/initconfig.h"
#include "vm/options.h"

#include "python_version.h"

#include <clocale>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <unistd.h>

extern "C" __attribute__((weak)) int __llvm_profile_write_file(void);

using namespace taipan;

namespace {

constexpr const char* Version = TAIPAN_PYTHON_VERSION;

void usage_error(const char* program, const char* format, char option) {
    if (format) fprintf(stderr, format, option);
    fprintf(stderr, "usage: %s [option] ... [-c cmd | -m mod | file | -] [arg] ...\nTry `python -h' for more information.\n", program);
}

constexpr const char* Help = "usage: %s [option] ... [-c cmd | -m mod | file | -] [arg] ...\n"
                             "Options (and corresponding environment variables):\n"
                             "-b     : issue warnings about converting bytes/bytearray to str and comparing\n"
                             "         bytes/bytearray with str or bytes with int; also PYTHONBYTESWARNING=x\n"
                             "-B     : don't write .pyc files on import; also PYTHONDONTWRITEBYTECODE=x\n"
                             "-c cmd : program passed in as string (terminates option list)\n"
                             "-d     : turn on parser debugging output; also PYTHONDEBUG=x\n"
                             "-E     : ignore PYTHON* environment variables\n"
                             "-h     : print this help message and exit (also -? or --help)\n"
                             "-i     : inspect interactively after running script; also PYTHONINSPECT=x\n"
                             "-I     : isolate Python from the user's environment (implies -E, -P and -s)\n"
                             "-m mod : run library module as a script (terminates option list)\n"
                             "-O     : remove assert and __debug__-dependent statements; also PYTHONOPTIMIZE=x\n"
                             "-OO    : do -O changes and also discard docstrings\n"
                             "-P     : don't prepend a potentially unsafe path to sys.path; also PYTHONSAFEPATH\n"
                             "-q     : don't print version and copyright messages on interactive startup\n"
                             "-s     : don't add user site directory to sys.path; also PYTHONNOUSERSITE=x\n"
                             "-S     : don't imply 'import site' on initialization\n"
                             "-u     : force the stdout and stderr streams to be unbuffered; also PYTHONUNBUFFERED=x\n"
                             "-v     : verbose (trace import statements); also PYTHONVERBOSE=x\n"
                             "-V     : print the Python version number and exit (also --version)\n"
                             "-W arg : warning control; also PYTHONWARNINGS=arg\n"
                             "-x     : skip first line of source, allowing use of non-Unix forms of #!cmd\n"
                             "-X opt : set implementation-specific option\n"
                             "file   : program read from script file\n"
                             "-      : program read from stdin (default; interactive mode if a tty)\n"
                             "arg ...: arguments passed to program in sys.argv[1:]\n";

constexpr const char* HelpEnvironment =
    "Environment variables that change behavior:\n"
    "PYTHONASYNCIODEBUG: asyncio's debug mode\n"
    "PYTHON_BASIC_REPL: the plain prompt, also on a terminal\n"
    "PYTHONBREAKPOINT: what breakpoint() calls; 0 for nothing\n"
    "PYTHONCASEOK: ignore case in import statements (Windows and macOS)\n"
    "PYTHONCOERCECLOCALE: 0 leaves the C locale alone, warn reports it\n"
    "PYTHON_COLORS: 1 or 0 for colors in messages\n"
    "PYTHONEXECUTABLE: sys.executable (macOS)\n"
    "PYTHONHASHSEED: seed of str and bytes hashes, or random\n"
    "PYTHON_HISTORY: the file of the prompt's history\n"
    "PYTHONHOME: the installation's prefix, or prefix:exec_prefix\n"
    "PYTHONIOENCODING: encoding[:errors] of the standard streams\n"
    "PYTHONLEGACYWINDOWSFSENCODING: mbcs for file names (Windows)\n"
    "PYTHONMALLOC: the allocators to use\n"
    "PYTHONMALLOCSTATS: print heap statistics\n"
    "PYTHONPATH: directories before the default sys.path\n"
    "PYTHONPLATLIBDIR: sys.platlibdir\n"
    "PYTHONSTARTUP: a file run before the first prompt\n"
    "PYTHONUSERBASE: the user's base directory\n"
    "\n"
    "These variables have equivalent command-line options (see --help):\n"
    "PYTHON_CONTEXT_AWARE_WARNINGS: warning filters of their own for contexts (-X context_aware_warnings)\n"
    "PYTHON_CPU_COUNT: the answer of os.cpu_count (-X cpu_count)\n"
    "PYTHONDEBUG: parser debugging (-d)\n"
    "PYTHONDEVMODE: development mode (-X dev)\n"
    "PYTHON_DISABLE_REMOTE_DEBUG: no remote debugging (-X disable_remote_debug)\n"
    "PYTHONDONTWRITEBYTECODE: write no .pyc files (-B)\n"
    "PYTHONFAULTHANDLER: tracebacks on fatal signals (-X faulthandler)\n"
    "PYTHON_FROZEN_MODULES: whether frozen modules are used (-X frozen_modules)\n"
    "PYTHON_GIL: accepted, there is none (-X gil)\n"
    "PYTHONINSPECT: a prompt after the program (-i)\n"
    "PYTHONINTMAXSTRDIGITS: longest int in decimal text (-X int_max_str_digits)\n"
    "PYTHONNODEBUGRANGES: no columns in tracebacks (-X no_debug_ranges)\n"
    "PYTHONNOUSERSITE: no user site directory (-s)\n"
    "PYTHONOPTIMIZE: drop asserts, docstrings too if 2 (-O)\n"
    "PYTHONPERFSUPPORT: maps for the perf profiler (-X perf)\n"
    "PYTHONPROFILEIMPORTTIME: time of each import (-X importtime)\n"
    "PYTHONPYCACHEPREFIX: where .pyc files are written (-X pycache_prefix)\n"
    "PYTHONSAFEPATH: no unsafe first entry in sys.path (-P)\n"
    "PYTHON_THREAD_INHERIT_CONTEXT: threads begin with the caller's context (-X thread_inherit_context)\n"
    "PYTHONTRACEMALLOC: trace allocations (-X tracemalloc)\n"
    "PYTHONUNBUFFERED: unbuffered standard streams (-u)\n"
    "PYTHONUTF8: UTF-8 mode (-X utf8)\n"
    "PYTHONVERBOSE: tell of imports (-v)\n"
    "PYTHONWARNDEFAULTENCODING: warn of the locale's encoding as default (-X warn_default_encoding)\n"
    "PYTHONWARNINGS: warning filters (-W)\n";
constexpr const char* HelpXOptions =
    "The following implementation-specific options are available:\n"
    "-X context_aware_warnings=[0|1]: warning filters of their own for contexts; also PYTHON_CONTEXT_AWARE_WARNINGS\n"
    "-X cpu_count=N: the answer of os.cpu_count; also PYTHON_CPU_COUNT\n"
    "-X dev: development mode; also PYTHONDEVMODE\n"
    "-X disable_remote_debug: no remote debugging; also PYTHON_DISABLE_REMOTE_DEBUG\n"
    "-X faulthandler: tracebacks on fatal signals; also PYTHONFAULTHANDLER\n"
    "-X frozen_modules=[on|off]: whether frozen modules are used; also PYTHON_FROZEN_MODULES\n"
    "-X gil=[0|1]: accepted, there is none; also PYTHON_GIL\n"
    "-X importtime[=2]: time of each import; also PYTHONPROFILEIMPORTTIME\n"
    "-X int_max_str_digits=N: longest int in decimal text; also PYTHONINTMAXSTRDIGITS\n"
    "-X no_debug_ranges: no columns in tracebacks; also PYTHONNODEBUGRANGES\n"
    "-X perf: maps for the perf profiler; also PYTHONPERFSUPPORT\n"
    "-X pycache_prefix=PATH: where .pyc files are written; also PYTHONPYCACHEPREFIX\n"
    "-X showrefcount: total reference count at the end\n"
    "-X thread_inherit_context=[0|1]: threads begin with the caller's context; also PYTHON_THREAD_INHERIT_CONTEXT\n"
    "-X tlbc=[0|1]: accepted, each thread has bytecode of its own; also PYTHON_TLBC\n"
    "-X tracemalloc[=N]: trace allocations, N frames each; also PYTHONTRACEMALLOC\n"
    "-X utf8[=0|1]: UTF-8 mode; also PYTHONUTF8\n"
    "-X warn_default_encoding: warn of the locale's encoding as default; also PYTHONWARNDEFAULTENCODING\n";

bool environment_flag(const char* name) {
    const char* value = getenv(name);
    return value && *value;
}
int environment_level(const char* name, int current) {
    const char* value = getenv(name);
    if (!value || !*value) return current;
    int level = atoi(value);
    if (level <= 0) level = 1;
    return level > current ? level : current;
}

void read_environment(Invocation* invocation) {
    if (g_options.ignore_environment) return;
    g_options.optimize = environment_level("PYTHONOPTIMIZE", g_options.optimize);
    g_options.verbose = environment_level("PYTHONVERBOSE", g_options.verbose);
    g_options.bytes_warning = environment_level("PYTHONBYTESWARNING", g_options.bytes_warning);
    g_options.dont_write_bytecode |= environment_flag("PYTHONDONTWRITEBYTECODE");
    g_options.unbuffered |= environment_flag("PYTHONUNBUFFERED");
    g_options.no_user_site |= environment_flag("PYTHONNOUSERSITE");
    g_options.safe_path |= environment_flag("PYTHONSAFEPATH");
    g_options.inspect |= environment_flag("PYTHONINSPECT");
    g_options.dev_mode |= environment_flag("PYTHONDEVMODE");
    g_options.faulthandler |= environment_flag("PYTHONFAULTHANDLER");
    if (const char* list = getenv("PYTHONWARNINGS")) {
        std::vector<std::string> from_environment;
        std::string current;
        for (const char* p = list;; ++p) {
            if (*p == ',' || !*p) {
                if (!current.empty()) from_environment.push_back(current);
                current.clear();
                if (!*p) break;
            } else {
                current += *p;
            }
        }
        invocation->warn_options.insert(invocation->warn_options.begin(), from_environment.begin(), from_environment.end());
    }
}
/// The value of -X name[=value], last one first; null: not given. Without a value: "".
const char* x_option(const Invocation& invocation, const char* name) {
    size_t size = strlen(name);
    for (size_t i = invocation.x_options.size(); i-- > 0;) {
        const std::string& option = invocation.x_options[i];
        if (option.compare(0, size, name)) continue;
        if (option.size() == size) return "";
        if (option[size] == '=') return option.c_str() + size + 1;
    }
    return nullptr;
}
const char* environment(const char* name) {
    const char* value = g_options.ignore_environment ? nullptr : getenv(name);
    return value && *value ? value : nullptr;
}
bool fatal(const char* function, const char* message) {
    fprintf(stderr,
            "Fatal Python error: %s: %s\nPython runtime state: preinitialized\n\nCurrent thread 0x%016lx (most recent call first):\n  <no "
            "Python frame>\n",
            function, message, static_cast<unsigned long>(getpid()));
    return false;
}
bool wrong_value(const char* where) {
    fprintf(stderr, "Fatal Python error: bad value for %s (expected \"on\" or \"off\")\nPython runtime state: preinitialized\n\n", where);
    return false;
}
bool is_number(const char* text, long low, long high, int* out) {
    if (!text || !*text) return false;
    char* end;
    long value = strtol(text, &end, 10);
    if (*end || value < low || value > high) return false;
    *out = static_cast<int>(value);
    return true;
}
/// Options with values that may be wrong.
bool read_options(const Invocation& invocation) {
    if (const char* text = x_option(invocation, "cpu_count")) {
        if (strcmp(text, "default") && !is_number(text, 1, 2147483647, &g_options.cpu_count))
            return fatal("config_init_cpu_count", "-X cpu_count=n option: n is missing or an invalid number, n must be greater than 0");
    } else if (const char* env = environment("PYTHON_CPU_COUNT")) {
        if (strcmp(env, "default") && !is_number(env, 1, 2147483647, &g_options.cpu_count))
            return fatal("config_init_cpu_count", "PYTHON_CPU_COUNT=n: n is missing or an invalid number, n must be greater than 0");
    }
    if (const char* text = x_option(invocation, "gil")) {
        if (!is_number(text, 0, 1, &g_options.gil) || text[1])
            return fatal("config_read_gil", "PYTHON_GIL / -X gil must be \"0\" or \"1\"");
    } else if (const char* env = environment("PYTHON_GIL")) {
        if (!is_number(env, 0, 1, &g_options.gil) || env[1]) return fatal("config_read_gil", "PYTHON_GIL / -X gil must be \"0\" or \"1\"");
    }
    auto on_or_off = [](const char* text) { return !*text || !strcmp(text, "on") || !strcmp(text, "off"); };
    if (const char* text = x_option(invocation, "frozen_modules")) {
        if (!on_or_off(text)) return wrong_value("option -X frozen_modules");
        g_options.frozen_modules = strcmp(text, "off") != 0;
    } else if (const char* env = environment("PYTHON_FROZEN_MODULES")) {
        if (!on_or_off(env)) return wrong_value("PYTHON_FROZEN_MODULES");
        g_options.frozen_modules = strcmp(env, "off") != 0;
    }
    int number;
    if (const char* text = x_option(invocation, "tlbc")) {
        if (!is_number(text, 0, 1, &number)) return fatal("config_init_tlbc", "-X tlbc=n: n is missing or invalid");
    } else if (const char* env = environment("PYTHON_TLBC")) {
        if (!is_number(env, 0, 1, &number)) return fatal("config_init_tlbc", "PYTHON_TLBC=N: N is missing or invalid");
    }
    if (const char* text = x_option(invocation, "importtime");
        text && strcmp(text, "") && strcmp(text, "1") && strcmp(text, "2") && strcmp(text, "true"))
        return fatal("config_init_import_time", "-X importtime: values other than 1 for 'importtime' are not valid");
    if (const char* text = x_option(invocation, "tracemalloc"); text && *text && !is_number(text, 0, 65535, &g_options.tracemalloc))
        return fatal("config_init_tracemalloc", "-X tracemalloc=NFRAME: invalid number of frames");
    if (x_option(invocation, "tracemalloc") == nullptr)
        if (const char* env = environment("PYTHONTRACEMALLOC"); env && !is_number(env, 0, 65535, &g_options.tracemalloc))
            return fatal("config_init_tracemalloc", "PYTHONTRACEMALLOC: invalid number of frames");
    if (x_option(invocation, "disable-remote-debug") || x_option(invocation, "disable_remote_debug") ||
        environment("PYTHON_DISABLE_REMOTE_DEBUG"))
        g_options.remote_debug = false;
    g_options.no_debug_ranges = x_option(invocation, "no_debug_ranges") || environment("PYTHONNODEBUGRANGES");
    g_options.warn_default_encoding |= environment("PYTHONWARNDEFAULTENCODING") != nullptr;
    g_options.debug |= environment("PYTHONDEBUG") != nullptr;
    if (const char* env = environment("PYTHONPROFILEIMPORTTIME"); env && !g_options.import_time)
        g_options.import_time = !strcmp(env, "2") ? 2 : 1;
    return true;
}

/// The locale of the environment, the C locale replaced by a UTF-8 one (PEP 538), and UTF-8 mode (PEP 540).
bool set_up_locale(const Invocation& invocation) {
    setlocale(LC_CTYPE, "");
    const char* current = setlocale(LC_CTYPE, nullptr);
    bool legacy = !strcmp(current, "C") || !strcmp(current, "POSIX");
    if (const char* text = x_option(invocation, "utf8")) {
        if (!strcmp(text, "") || !strcmp(text, "1")) g_options.utf8_mode = true;
        else if (!strcmp(text, "0")) g_options.utf8_mode = false;
        else return fatal("preconfig_init_utf8_mode", "invalid -X utf8 option value");
    } else if (const char* env = environment("PYTHONUTF8")) {
        if (!strcmp(env, "1")) g_options.utf8_mode = true;
        else if (!strcmp(env, "0")) g_options.utf8_mode = false;
        else return fatal("preconfig_init_utf8_mode", "invalid PYTHONUTF8 environment variable value");
    } else {
        g_options.utf8_mode = legacy;
    }
    const char* wish = environment("PYTHONCOERCECLOCALE");
    bool warn = wish && !strcmp(wish, "warn"), coerce = !wish || strcmp(wish, "0");
    if (!legacy) return true;
    const char* all = getenv("LC_ALL");
    if (coerce && !(all && *all))
        for (const char* target : {"C.UTF-8", "C.utf8", "UTF-8"}) {
            if (!setlocale(LC_CTYPE, target)) continue;
            setenv("LC_CTYPE", target, 1);
            if (warn)
                fprintf(stderr,
                        "Python detected LC_CTYPE=C: LC_CTYPE coerced to %.20s (set another locale or PYTHONCOERCECLOCALE=0 to disable "
                        "this locale coercion behavior).\n",
                        target);
            setlocale(LC_ALL, "");
            setlocale(LC_ALL, "C");
            setlocale(LC_CTYPE, target);
            return true;
        }
    if (warn)
        fprintf(stderr,
                "Python runtime initialized with LC_CTYPE=C (a locale with default ASCII encoding), which may cause Unicode compatibility "
                "problems. Using C.UTF-8, C.utf8, or UTF-8 (if available) as alternative Unicode-compatible locales is recommended.\n");
    return true;
}

bool read_hash_seed(bool random) {
    if (random) return true; // -R
    const char* seed = g_options.ignore_environment ? nullptr : getenv("PYTHONHASHSEED");
    if (!seed || !*seed || !strcmp(seed, "random")) return true;
    char* end;
    unsigned long value = strtoul(seed, &end, 10);
    if (*end || value > 4294967295ul) {
        fprintf(stderr, "Fatal Python error: config_init_hash_seed: PYTHONHASHSEED must be \"random\" or an integer in range [0; "
                        "4294967295]\nPython runtime state: preinitialized\n\n");
        return false;
    }
    g_options.hash_seed = static_cast<long>(value);
    return true;
}
bool read_int_limit(const Invocation& invocation) {
    const char* text = g_options.ignore_environment ? nullptr : getenv("PYTHONINTMAXSTRDIGITS");
    for (const std::string& option : invocation.x_options)
        if (option.rfind("int_max_str_digits=", 0) == 0) text = option.c_str() + 19;
    const char* given = x_option(invocation, "int_max_str_digits");
    const char* source = given ? "-X int_max_str_digits" : "PYTHONINTMAXSTRDIGITS";
    if (!given && (!text || !*text)) return true;
    if (given) text = given;
    char* end;
    long value = strtol(text, &end, 10);
    if (!*text || *end || (value != 0 && value < 640) || value > 2147483647) {
        fprintf(stderr,
                "Fatal Python error: config_init_int_max_str_digits: %s: invalid limit; must be >= 640 or 0 for unlimited.\nPython runtime "
                "state: preinitialized\n\n",
                source);
        return false;
    }
    g_options.int_max_str_digits = static_cast<int>(value);
    return true;
}

void print_version(int level);

} // namespace

namespace taipan {
std::string version_text();
}
namespace {
void print_version(int level) {
    if (level > 1) printf("Python %s\n", version_text().c_str());
    else printf("Python %s\n", Version);
}
} // namespace

int main(int argc, char** argv) {
    Invocation invocation;
    for (int i = 0; i < argc; ++i) invocation.original.push_back(argv[i]);
    int show_version = 0;
    bool random_hashes = false;
    int i = 1;
    bool done = false;
    for (; i < argc && !done; ++i) {
        const char* arg = argv[i];
        if (arg[0] != '-') break;
        if (!arg[1]) {
            invocation.kind = Invocation::Kind::Stdin;
            ++i;
            break;
        }
        if (!strcmp(arg, "--")) {
            ++i;
            break;
        }
        if (arg[1] == '-') {
            if (!strcmp(arg, "--help")) return printf(Help, argv[0]), 0;
            if (!strcmp(arg, "--help-env")) return fputs(HelpEnvironment, stdout), 0;
            if (!strcmp(arg, "--help-xoptions")) return fputs(HelpXOptions, stdout), 0;
            if (!strcmp(arg, "--help-all"))
                return printf(Help, argv[0]), putchar('\n'), fputs(HelpEnvironment, stdout), putchar('\n'), fputs(HelpXOptions, stdout), 0;
            if (!strcmp(arg, "--version")) {
                ++show_version;
                continue;
            }
            if (!strcmp(arg, "--check-hash-based-pycs")) {
                ++i;
                continue;
            }
            fprintf(stderr, "Unknown option: %s\n", arg);
            usage_error(argv[0], nullptr, 0);
            return 2;
        }
        for (const char* p = arg + 1; *p; ++p) {
            // Options with an argument take the rest of the word or the next word.
            auto value = [&]() -> const char* {
                if (p[1]) return p + 1;
                if (i + 1 < argc) return argv[++i];
                return nullptr;
            };
            char option = *p;
            if (option == 'c' || option == 'm') {
                const char* text = value();
                if (!text) {
                    usage_error(argv[0], "Argument expected for the -%c option\n", option);
                    return 2;
                }
                invocation.kind = option == 'c' ? Invocation::Kind::Command : Invocation::Kind::Module;
                invocation.text = text;
                if (option == 'c') invocation.text += '\n';
                done = true;
                break;
            }
            if (option == 'W' || option == 'X') {
                const char* text = value();
                if (!text) {
                    usage_error(argv[0], "Argument expected for the -%c option\n", option);
                    return 2;
                }
                (option == 'W' ? invocation.warn_options : invocation.x_options).push_back(text);
                if (option == 'X') {
                    if (!strcmp(text, "dev")) g_options.dev_mode = true;
                    if (!strcmp(text, "faulthandler")) g_options.faulthandler = true;
                    if (!strncmp(text, "importtime", 10) && (!text[10] || text[10] == '='))
                        g_options.import_time = !strcmp(text, "importtime=2") ? 2 : 1;
                    if (!strcmp(text, "warn_default_encoding")) g_options.warn_default_encoding = true;
                    if (!strncmp(text, "tracemalloc", 11)) g_options.tracemalloc = text[11] == '=' ? atoi(text + 12) : 1;
                }
                break;
            }
            switch (option) {
            case 'b': ++g_options.bytes_warning; break;
            case 'B': g_options.dont_write_bytecode = true; break;
            case 'd': ++g_options.debug; break;
            case 'E': g_options.ignore_environment = true; break;
            case 'h':
            case '?': return printf(Help, argv[0]), 0;
            case 'i': g_options.inspect = g_options.interactive = true; break;
            case 'I': g_options.isolated = g_options.ignore_environment = g_options.no_user_site = g_options.safe_path = true; break;
            case 'O': ++g_options.optimize; break;
            case 'P': g_options.safe_path = true; break;
            case 'q': ++g_options.quiet; break;
            case 'R': random_hashes = true; break;
            case 's': g_options.no_user_site = true; break;
            case 'S': g_options.no_site = true; break;
            case 't': break;
            case 'u': g_options.unbuffered = true; break;
            case 'v': ++g_options.verbose; break;
            case 'V': ++show_version; break;
            case 'x': g_options.skip_first_line = true; break;
            default:
                fprintf(stderr, "Unknown option: -%c\n", option);
                usage_error(argv[0], nullptr, 0);
                return 2;
            }
        }
    }
    if (show_version) {
        print_version(show_version);
        return 0;
    }
    if (invocation.kind == Invocation::Kind::Interactive && i < argc) {
        invocation.kind = Invocation::Kind::File;
        invocation.text = argv[i++];
    }
    for (; i < argc; ++i) invocation.args.push_back(argv[i]);
    read_environment(&invocation);
    if (!set_up_locale(invocation) || !read_options(invocation) || !read_hash_seed(random_hashes) || !read_int_limit(invocation)) return 1;
    if (invocation.kind == Invocation::Kind::Interactive && !isatty(0) && !g_options.interactive) invocation.kind = Invocation::Kind::Stdin;

    capi::publish_configuration();
    Thread& t = runtime_start();
    int status = 1;
    if (interpreter_start(t, invocation)) status = run_invocation(t, invocation);
    status = interpreter_finish(t, status);
    fflush(stdout);
    if (status == InterruptedStatus) {
        signal(SIGINT, SIG_DFL);
        kill(getpid(), SIGINT);
        status = 128 + SIGINT; // it was blocked
    }
    if (__llvm_profile_write_file) __llvm_profile_write_file(); // an instrumented build (tools/train.sh)
    _exit(status);
}
