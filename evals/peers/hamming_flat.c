/* How fast AVX-512 compares a hash with everything: a peer of crates/likeness/examples/hamming_speed.rs, which runs it.
 *
 *   cc -O3 -march=native -o hamming_flat evals/peers/hamming_flat.c && ./hamming_flat HASHES QUERIES RADIUS
 *
 * Both files: 32 bytes a hash. Eight queries at a time, as Meta's flat.h in ThreatExchange's `pdq/cpp/index` does it: each word of a
 * hash is compared with that word of eight queries by one exclusive or and one VPOPCNTQ. Own code after that description.
 * Prints "queries/s matches sum-of-distances" of the fastest of three passes. */
#include <immintrin.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static uint64_t *read_all(const char *path, size_t *count) {
    FILE *file = fopen(path, "rb");
    if (!file) { perror(path); exit(2); }
    fseek(file, 0, SEEK_END);
    size_t size = (size_t)ftell(file);
    rewind(file);
    uint64_t *words = aligned_alloc(64, (size + 63) / 64 * 64);
    if (!words || fread(words, 1, size, file) != size) { perror(path); exit(2); }
    fclose(file);
    *count = size / 32;
    return words;
}

/* Time on a core, so that a busy machine does not blur the figures. */
static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

int main(int argc, char **argv) {
    if (argc != 4) { fputs("usage: hamming_flat HASHES QUERIES RADIUS\n", stderr); return 2; }
    size_t hashes, queries;
    const uint64_t *hash = read_all(argv[1], &hashes), *query = read_all(argv[2], &queries);
    const __m512i radius = _mm512_set1_epi64(atoi(argv[3]));
    double best = 1e300;
    uint64_t matches = 0, distances = 0;
    for (int pass = 0; pass < 3; pass++) {
        double begun = now();
        matches = distances = 0;
        for (size_t first = 0; first + 8 <= queries; first += 8) {
            __m512i needle[4];
            for (int word = 0; word < 4; word++) {
                uint64_t of[8];
                for (int at = 0; at < 8; at++) of[at] = query[(first + (size_t)at) * 4 + (size_t)word];
                needle[word] = _mm512_loadu_si512(of);
            }
            for (size_t at = 0; at < hashes; at++) {
                const uint64_t *h = hash + at * 4;
                __m512i bits = _mm512_popcnt_epi64(_mm512_xor_si512(needle[0], _mm512_set1_epi64((long long)h[0])));
                for (int word = 1; word < 4; word++)
                    bits = _mm512_add_epi64(bits, _mm512_popcnt_epi64(_mm512_xor_si512(needle[word], _mm512_set1_epi64((long long)h[word]))));
                __mmask8 near = _mm512_cmple_epu64_mask(bits, radius);
                if (near) {
                    matches += (uint64_t)__builtin_popcount(near);
                    distances += (uint64_t)_mm512_mask_reduce_add_epi64(near, bits);
                }
            }
        }
        double took = now() - begun;
        if (took < best) best = took;
    }
    printf("%.1f %llu %llu\n", (double)(queries / 8 * 8) / best, (unsigned long long)matches, (unsigned long long)distances);
    return 0;
}
