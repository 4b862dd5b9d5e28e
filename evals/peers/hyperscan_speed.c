/* How fast Hyperscan finds names in documents: the peer of crates/recognise/examples/match_speed.rs, which runs it.
 *
 *   cc -O2 -o hyperscan_speed evals/peers/hyperscan_speed.c -lhs && ./hyperscan_speed NAMES DOCUMENTS SECONDS
 *
 * NAMES: one name a line. DOCUMENTS: a NUL after each. Names are literals (hs_compile_lit_multi), the fastest way that the
 * library offers; nothing is asked of word boundaries. Prints "MB/s matches
 * seconds-to-build bytes version" of the fastest pass.
 * Debian: libhyperscan-dev. */
#include <hs/hs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static char *read_all(const char *path, size_t *size) {
    FILE *file = fopen(path, "rb");
    if (!file) { perror(path); exit(2); }
    fseek(file, 0, SEEK_END);
    long end = ftell(file);
    rewind(file);
    char *bytes = malloc((size_t)end + 1);
    if (!bytes || fread(bytes, 1, (size_t)end, file) != (size_t)end) { perror(path); exit(2); }
    bytes[end] = 0;
    fclose(file);
    *size = (size_t)end;
    return bytes;
}

static int count(unsigned id, unsigned long long from, unsigned long long to, unsigned flags, void *context) {
    (void)id; (void)from; (void)to; (void)flags;
    ++*(unsigned long long *)context;
    return 0;
}

/* Time on a core, so that a busy machine does not blur the figures. */
static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

int main(int arguments, char **argument) {
    if (arguments != 4) { fprintf(stderr, "usage: hyperscan_speed NAMES DOCUMENTS SECONDS\n"); return 2; }
    size_t names_size, text_size, names = 0;
    char *list = read_all(argument[1], &names_size), *text = read_all(argument[2], &text_size);
    for (size_t at = 0; at < names_size; at++) names += list[at] == '\n';
    const char **literal = calloc(names, sizeof *literal);
    size_t *length = calloc(names, sizeof *length);
    unsigned *flags = calloc(names, sizeof *flags), *ids = calloc(names, sizeof *ids);
    if (!literal || !length || !flags || !ids) return 2;
    char *line = list;
    for (size_t at = 0; at < names; at++) {
        char *end = strchr(line, '\n');
        literal[at] = line;
        length[at] = (size_t)(end - line);
        ids[at] = (unsigned)at;
        line = end + 1;
    }
    hs_database_t *database = NULL;
    hs_compile_error_t *error = NULL;
    double start = now();
    if (hs_compile_lit_multi(literal, flags, ids, length, (unsigned)names, HS_MODE_BLOCK, NULL, &database, &error) != HS_SUCCESS) {
        fprintf(stderr, "error: %s\n", error ? error->message : "cannot compile");
        return 1;
    }
    double built = now() - start;
    size_t memory = 0;
    hs_database_size(database, &memory);
    hs_scratch_t *scratch = NULL;
    if (hs_alloc_scratch(database, &scratch) != HS_SUCCESS) return 1;
    double limit = atof(argument[3]), best = 1e9;
    unsigned long long matches = 0, bytes = 0;
    double begun = now();
    do {
        matches = bytes = 0;
        double pass = now();
        for (char *document = text; document < text + text_size;) {
            size_t size = strlen(document);
            hs_scan(database, document, (unsigned)size, 0, scratch, count, &matches);
            bytes += size;
            document += size + 1;
        }
        pass = now() - pass;
        if (pass < best) best = pass;
    } while (now() - begun < limit);
    printf("%.1f %llu %.2f %zu %.*s\n", (double)bytes / best / 1e6, matches, built, memory,
           (int)strcspn(hs_version(), " "), hs_version());
    return 0;
}
