// The command line (CPython 3.14's).
#include "app/startup.h"
#include "vm/options.h"

#include "python_version.h"

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <unistd.h>

using namespace taipan;

namespace {

constexpr const char* Version = TAIPAN_PYTHON_VERSION;

void usage_error(const char* program, const char* format, char option) {
    if (format) fprintf(stderr, format, option);
    fprintf(stderr, "usage: %s [option] ... [-c cmd | -m mod | file | -] [arg] ...\nTry `python -h' for more information.\n", program);
}

constexpr const char* Help =
    "usage: %s [option] ... [-c cmd | -m mod | file | -] [arg] ...\n"
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
bool read_hash_seed() {
    const char* seed = g_options.ignore_environment ? nullptr : getenv("PYTHONHASHSEED");
    if (!seed || !*seed || !strcmp(seed, "random")) return true;
    char* end;
    unsigned long value = strtoul(seed, &end, 10);
    if (*end || value > 4294967295ul) {
        fprintf(stderr, "Fatal Python error: config_init_hash_seed: PYTHONHASHSEED must be \"random\" or an integer in range [0; 4294967295]\nPython runtime state: preinitialized\n\n");
        return false;
    }
    g_options.hash_seed = static_cast<long>(value);
    return true;
}
bool read_int_limit(const Invocation& invocation) {
    const char* text = g_options.ignore_environment ? nullptr : getenv("PYTHONINTMAXSTRDIGITS");
    for (const std::string& option : invocation.x_options)
        if (option.rfind("int_max_str_digits=", 0) == 0) text = option.c_str() + 19;
    if (!text || !*text) return true;
    char* end;
    long value = strtol(text, &end, 10);
    if (*end || (value != 0 && value < 640) || value > 2147483647) {
        fprintf(stderr, "Fatal Python error: config_init_int_max_str_digits: -X int_max_str_digits: invalid limit; must be >= 640 or 0 for unlimited.\nPython runtime state: preinitialized\n\n");
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
            if (!strcmp(arg, "--version")) {
                ++show_version;
                continue;
            }
            if (!strcmp(arg, "--check-hash-based-pycs")) {
                ++i;
                continue;
            }
            fprintf(stderr, "unknown option %s\n", arg);
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
                    if (!strcmp(text, "importtime")) g_options.import_time = true;
                    if (!strcmp(text, "utf8=0")) g_options.utf8_mode = false;
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
            case 'h': case '?': return printf(Help, argv[0]), 0;
            case 'i': g_options.inspect = g_options.interactive = true; break;
            case 'I': g_options.isolated = g_options.ignore_environment = g_options.no_user_site = g_options.safe_path = true; break;
            case 'O': ++g_options.optimize; break;
            case 'P': g_options.safe_path = true; break;
            case 'q': ++g_options.quiet; break;
            case 'R': break;
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
    if (!read_hash_seed() || !read_int_limit(invocation)) return 1;
    if (invocation.kind == Invocation::Kind::Interactive && !isatty(0) && !g_options.interactive) invocation.kind = Invocation::Kind::Stdin;

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
    _exit(status);
}
