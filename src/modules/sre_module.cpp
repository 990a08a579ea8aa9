// _sre: makes patterns from what re._compiler emits.
#include "base/unicode.h"
#include "modules/sre/objects.h"
#include "objects/int.h"
#include "objects/list.h"
#include "objects/module.h"

namespace taipan {

namespace {

using namespace modules::sre;

Result<Ref<Object>> sre_compile(Thread& t, Borrowed<Object> pattern, int flags, Borrowed<List> code, Size groups, Borrowed<Dict> groupindex,
                                Borrowed<Tuple> indexgroup) {
    Ref<Tuple> words = TRY(list_to_tuple(t, code));
    auto count = static_cast<size_t>(words->size);
    Ref<Bytes> packed = TRY(bytes_alloc(t, static_cast<intptr_t>(count * sizeof(uint32_t))));
    for (size_t i = 0; i < count; ++i) {
        Object* o = words->items[i];
        uint64_t value = 0;
        if (!is<Int>(o)) return raise(t, exc::TypeError, "an integer is required");
        if (!int_fits_uint64(static_cast<Int*>(o), &value) || value > UINT32_MAX)
            return raise(t, exc::OverflowError, "regular expression code size limit exceeded");
        auto word = static_cast<uint32_t>(value);
        memcpy(packed->data + i * sizeof word, &word, sizeof word);
    }
    Ref<Pattern> self = TRY(allocate<Pattern>(t));
    self->is_bytes = -1;
    if (!is_none(pattern.get())) {
        Subject subject;
        TRY(subject.open(t, pattern));
        self->is_bytes = subject.is_bytes;
    }
    self->pattern = acquire(pattern).release();
    self->flags = flags;
    self->groups = groups;
    self->groupindex = acquire<Object>(groupindex.get()).release();
    self->indexgroup = acquire<Object>(indexgroup.get()).release();
    CreateResult status = CreateResult::Ok;
    // A bytes object's data is aligned for words only by chance: copy.
    base::SmallBuffer<uint32_t, 128> buffer;
    uint32_t* aligned = buffer.resize(count);
    if (!aligned && count) return raise_memory_error(t);
    if (count) memcpy(aligned, packed->data, count * sizeof(uint32_t));
    self->code = packed.release();
    self->program = groups < 0 ? nullptr : Program::create(aligned, count, static_cast<size_t>(groups.value), status);
    if (!self->program) {
        if (status == CreateResult::NoMemory) return raise_memory_error(t);
        return raise(t, exc::RuntimeError, "invalid SRE code");
    }
    gc_track(self.get());
    return self;
}
Result<Ref<Object>> sre_template(Thread& t, Borrowed<Object>, Borrowed<Object> items) { return TRY(template_new(t, items)); }

int get_code_size() { return 4; }
bool ascii_iscased(int c) { return c >= 0 && c < 128 && static_cast<unsigned>((c | 32) - 'a') < 26; }
bool unicode_iscased(int c) {
    auto u = static_cast<uint32_t>(c);
    return base::unicode::to_lower(u) != u || base::unicode::to_upper(u) != u;
}
int ascii_tolower(int c) { return c >= 'A' && c <= 'Z' ? c + 32 : c; }
int unicode_tolower(int c) { return static_cast<int>(base::unicode::to_lower(static_cast<uint32_t>(c))); }

const NativeDef functions[] = {
    fn<sre_compile>("compile", "($module, /, pattern, flags, code, groups, groupindex, indexgroup)"),
    fn<sre_template>("template", "($module, pattern, template, /)",
                     "Prepare a replacement text for expansion.\n\n"
                     "  template\n"
                     "    What re._parser.parse_template() returns: texts (str or bytes) at the even\n"
                     "    places, and between them the numbers of groups."),
    fn<get_code_size>("getcodesize", "($module, /)"),
    fn<ascii_iscased>("ascii_iscased", "($module, character, /)"),
    fn<unicode_iscased>("unicode_iscased", "($module, character, /)"),
    fn<ascii_tolower>("ascii_tolower", "($module, character, /)"),
    fn<unicode_tolower>("unicode_tolower", "($module, character, /)"),
};
Result<void> exec(Thread& t, Borrowed<Module> module) {
    for (const TypeSpec* spec :
         {&modules::sre::pattern_spec, &modules::sre::match_spec, &modules::sre::scanner_spec, &modules::sre::template_spec})
        TRY(type_ready(t, *spec));
    TRY(module_add_int(t, module, "MAGIC", magic));
    TRY(module_add_int(t, module, "CODESIZE", 4));
    TRY(module_add_int(t, module, "MAXREPEAT", max_repeat));
    TRY(module_add_int(t, module, "MAXGROUPS", 1073741823));
    return module_add_string(t, module, "copyright", " SRE 2.2.2 Copyright (c) 1997-2002 by Secret Labs AB ");
}

} // namespace

extern const ModuleSpec sre_module;
const ModuleSpec sre_module = {.name = "_sre", .functions = functions, .exec = exec};

} // namespace taipan
