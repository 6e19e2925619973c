// The shapes of generated code between which the design chose, timed: value encoding, immortal objects, calling convention.
//
// `cc -O2 -o decisions decisions.c && ./decisions` prints nanoseconds per operation. Every variant does the same work on values it
// cannot foresee; `noinline` stands for "another function of the program", memory operands for locals that escaped.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef uint64_t Word;
#define NOINLINE __attribute__((noinline))
#define LIKELY(x) __builtin_expect(!!(x), 1)

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return t.tv_sec * 1e9 + t.tv_nsec;
}
static Word sink;
NOINLINE static Word slow_path(Word a, Word b) { return a ^ b; }

// ---- ints: s += x over an array of values ----
static inline Word add_low2(Word a, Word b) {  // 62 bits, low bits 01
    int64_t r;
    if (LIKELY(((a - 1) | (b - 1)) % 4 == 0 && !__builtin_add_overflow((int64_t)a, (int64_t)(b - 1), &r))) return r;
    return slow_path(a, b);
}
static inline Word add_low1(Word a, Word b) {  // 63 bits, low bit 1
    int64_t r;
    if (LIKELY((a & b & 1) && !__builtin_add_overflow((int64_t)a, (int64_t)(b - 1), &r))) return r;
    return slow_path(a, b);
}
static inline Word add_nan_boxed(Word a, Word b) {  // 32 bits under a 16-bit tag
    int32_t r;
    if (LIKELY(a >> 48 == 0xfff9 && b >> 48 == 0xfff9 && !__builtin_add_overflow((int32_t)a, (int32_t)b, &r)))
        return (Word)0xfff9 << 48 | (uint32_t)r;
    return slow_path(a, b);
}
typedef struct Int { uint32_t count, flags; void *type; int64_t value; struct Int *next; } Int;
static Int *free_ints;
static char int_type;
static Int *new_int(int64_t v) {
    Int *p = free_ints;
    if (LIKELY(p != NULL)) free_ints = p->next; else p = malloc(sizeof *p);
    p->count = 1; p->flags = 0; p->type = &int_type; p->value = v;
    return p;
}
static inline Word add_heap(Word a, Word b) {
    Int *x = (Int *)a, *y = (Int *)b;
    int64_t r;
    if (LIKELY(x->type == &int_type && y->type == &int_type && !__builtin_add_overflow(x->value, y->value, &r))) {
        Word w = (Word)new_int(r);
        if (--x->count == 0) { x->next = free_ints; free_ints = x; }
        return w;
    }
    return slow_path(a, b);
}
#define SUM(NAME, ADD) NOINLINE static Word NAME(Word s, const Word *xs, int n) { \
        for (int i = 0; i < n; i++) { s = ADD(s, xs[i]); __asm__ volatile("" : "+r"(s)); } return s; }
SUM(sum_low2, add_low2)
SUM(sum_low1, add_low1)
SUM(sum_nan, add_nan_boxed)
SUM(sum_heap, add_heap)

// ---- floats: s = s + x ----
static inline double bits_to_double(Word w) { double d; memcpy(&d, &w, 8); return d; }
static inline Word double_to_bits(double d) { Word w; memcpy(&w, &d, 8); return w; }
static inline Word rotl4(Word w) { return w << 4 | w >> 60; }
static inline Word rotr4(Word w) { return w >> 4 | w << 60; }
static inline Word fadd_self_tagged(Word a, Word b) {
    if (LIKELY(a & b & 2)) {
        Word r = rotl4(double_to_bits(bits_to_double(rotr4(a - 3)) + bits_to_double(rotr4(b - 3)))) + 3;
        if (LIKELY(r & 2)) return r;
    }
    return slow_path(a, b);
}
static inline Word fadd_nan_boxed(Word a, Word b) {
    if (LIKELY(a < 0xfff9000000000000u && b < 0xfff9000000000000u)) return double_to_bits(bits_to_double(a) + bits_to_double(b));
    return slow_path(a, b);
}
static inline Word fadd_heap(Word a, Word b) {
    Int *x = (Int *)a, *y = (Int *)b;
    if (LIKELY(x->type == &int_type && y->type == &int_type)) {
        Word w = (Word)new_int(double_to_bits(bits_to_double(x->value) + bits_to_double(y->value)));
        if (--x->count == 0) { x->next = free_ints; free_ints = x; }
        return w;
    }
    return slow_path(a, b);
}
SUM(fsum_self, fadd_self_tagged)
SUM(fsum_nan, fadd_nan_boxed)
SUM(fsum_heap, fadd_heap)

// ---- counts: take and give back a reference of objects, some of them immortal ----
static int is_heap(Word v) { return (v & 7) == 0; }
NOINLINE static void died(Word v) { sink += v; }
#define TOUCH(NAME, INC, DEC) NOINLINE static void NAME(const Word *xs, int n) { \
        for (int i = 0; i < n; i++) { Word v = xs[i]; if (is_heap(v)) { Int *p = (Int *)v; INC; __asm__ volatile("" ::: "memory"); DEC; } } }
TOUCH(count_plain, p->count++, if (--p->count == 0) died(v))
TOUCH(count_tested, if ((int32_t)p->count >= 0) p->count++, if ((int32_t)p->count >= 0 && --p->count == 0) died(v))

// ---- calls: f(a, b) ----
typedef struct { Word code; Word (*direct)(void *, Word, Word); Word (*generic)(void *, Word *, uint64_t, Word); uint64_t arity; } Function;
NOINLINE static Word body_direct(void *f, Word a, Word b) { (void)f; return add_low2(a, b); }
NOINLINE static Word body_generic(void *f, Word *args, uint64_t n, Word names) {
    if (n != 2 || names) return slow_path((Word)f, n);
    return body_direct(f, args[0], args[1]);
}
NOINLINE static Word calls_direct(Function *f, Word s, const Word *xs, int n) {
    for (int i = 0; i < n; i++) { if (f->arity != 2) return 0; s = f->direct(f, s, xs[i]); __asm__ volatile("" : "+r"(s)); }
    return s;
}
NOINLINE static Word calls_generic(Function *f, Word s, const Word *xs, int n) {
    for (int i = 0; i < n; i++) { Word args[2] = {s, xs[i]}; s = f->generic(f, args, 2, 0); __asm__ volatile("" : "+r"(s)); }
    return s;
}
// Results: null word for an error, or a flag in a second register.
typedef struct { Word value; uint64_t raised; } Raw;
NOINLINE static Raw body_pair(void *f, Word a, Word b) { (void)f; return (Raw){add_low2(a, b), 0}; }
NOINLINE static Word calls_null(Word s, const Word *xs, int n) {
    for (int i = 0; i < n; i++) { s = body_direct(0, s, xs[i]); if (!s) return 0; __asm__ volatile("" : "+r"(s)); }
    return s;
}
NOINLINE static Word calls_pair(Word s, const Word *xs, int n) {
    for (int i = 0; i < n; i++) { Raw r = body_pair(0, s, xs[i]); if (r.raised) return 0; s = r.value; __asm__ volatile("" : "+r"(s)); }
    return s;
}
// Entry: nothing, one compare of the depth with a limit word, a compare and a separate poll of a flag.
static volatile struct { uint32_t depth, limit, pending; } thread = {0, 1000, 0};
#define ENTRY(NAME, TEST) NOINLINE static Word NAME##_body(Word a, Word b) { thread.depth++; TEST; Word r = add_low2(a, b); thread.depth--; return r; } \
    NOINLINE static Word NAME(Word s, const Word *xs, int n) { for (int i = 0; i < n; i++) { s = NAME##_body(s, xs[i]); __asm__ volatile("" : "+r"(s)); } return s; }
ENTRY(entry_none, )
ENTRY(entry_one, if (thread.depth >= thread.limit) return 0)
ENTRY(entry_two, if (thread.depth >= thread.limit) return 0; if (thread.pending) return 0)

enum { N = 4096, ROUNDS = 20000 };
#define TIME(LABEL, CALL) do { double best = 1e18; for (int k = 0; k < 5; k++) { double t = now(); \
        for (int r = 0; r < ROUNDS / 5; r++) { CALL; } t = (now() - t) / ((double)N * (ROUNDS / 5)); if (t < best) best = t; } \
        printf("%-58s %6.2f\n", LABEL, best); } while (0)

int main(void) {
    static Word low2[N], low1[N], nan_int[N], heap[N], self_tagged[N], plain[N], heap_float[N], objects[N];
    for (int i = 0; i < N; i++) {
        int v = rand() % 100 - 50;
        double d = v / 8.0 + 3;
        low2[i] = (Word)(int64_t)v << 2 | 1;
        low1[i] = (Word)(int64_t)v << 1 | 1;
        nan_int[i] = (Word)0xfff9 << 48 | (uint32_t)v;
        heap[i] = (Word)new_int(v);
        self_tagged[i] = rotl4(double_to_bits(d)) + 3;
        plain[i] = double_to_bits(d);
        heap_float[i] = (Word)new_int(plain[i]);
        Int *o = new_int(0);
        o->count = rand() % 4 ? 5 : 0xC0000000u;
        objects[i] = (Word)o;
    }
    static Function f = {0, body_direct, body_generic, 2};
    puts("nanoseconds per operation");
    TIME("int add, 62 bits, low bits 01", sink += sum_low2(1, low2, N));
    TIME("int add, 63 bits, low bit 1", sink += sum_low1(1, low1, N));
    TIME("int add, 32 bits NaN-boxed", sink += sum_nan((Word)0xfff9 << 48, nan_int, N));
    TIME("int add, heap objects from a free list", sink += sum_heap((Word)new_int(0), heap, N));
    TIME("float add, self-tagged (rotation)", sink += fsum_self(rotl4(double_to_bits(1.0)) + 3, self_tagged, N));
    TIME("float add, NaN-boxed", sink += fsum_nan(double_to_bits(1.0), plain, N));
    TIME("float add, heap objects from a free list", sink += fsum_heap((Word)new_int(double_to_bits(1.0)), heap_float, N));
    TIME("count up and down, immortals have a huge count", count_plain(objects, N));
    TIME("count up and down, immortals are tested for", count_tested(objects, N));
    TIME("call with arguments in registers", sink += calls_direct(&f, 1, low2, N));
    TIME("call with an argument array", sink += calls_generic(&f, 1, low2, N));
    TIME("result: the null word is an error", sink += calls_null(1, low2, N));
    TIME("result: a pair with an error flag", sink += calls_pair(1, low2, N));
    TIME("entry without a test", sink += entry_none(1, low2, N));
    TIME("entry with one compare (depth and poll)", sink += entry_one(1, low2, N));
    TIME("entry with two compares", sink += entry_two(1, low2, N));
    return sink == 42;
}
