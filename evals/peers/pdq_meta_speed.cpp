// How fast Meta's PDQ in C++ hashes: a peer of crates/likeness/examples/pdq_speed.rs, which runs it.
//
// `pdq_meta_speed RGB SIDE JPEG SECONDS`. With a checkout of facebook/ThreatExchange in $TX and libjpeg's headers:
//   g++ -O3 -std=c++17 -Dcimg_use_jpeg -I$TX -I$TX/pdq/cpp pdq_meta_speed.cpp $TX/pdq/cpp/{common/pdqhashtypes,common/pdqhamming}.cpp
//     $TX/pdq/cpp/{common/pdqutils,downscaling/downscaling,hashing/pdqhashing,hashing/torben,io/pdqio}.cpp -ljpeg -lpthread
// Prints "NAME;HASH QUALITY;SECONDS..." of the pixels and of the file: seconds a picture in batches of at least 5 ms.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <vector>

#include <pdq/cpp/downscaling/downscaling.h>
#include <pdq/cpp/hashing/pdqhashing.h>
#include <pdq/cpp/io/pdqio.h>

using Clock = std::chrono::steady_clock;
using facebook::pdq::hashing::Hash256;

static double since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

template <typename Act>
static void timed(const char* name, double seconds, Act act) {
  Hash256 hash;
  int quality = 0;
  act(hash, quality);
  std::printf("%s;%s %d;", name, hash.format().c_str(), quality);
  auto begun = Clock::now();
  while (since(begun) < seconds) {
    auto start = Clock::now();
    int times = 0;
    for (; since(start) < 0.005; times++) act(hash, quality);
    std::printf("%.9f ", since(start) / times);
  }
  std::printf("\n");
}

int main(int argc, char** argv) {
  if (argc != 5) return 2;
  int side = std::atoi(argv[2]);
  std::ifstream file(argv[1], std::ios::binary);
  std::vector<unsigned char> rgb((std::istreambuf_iterator<char>(file)), {});
  if (rgb.size() != size_t(side) * side * 3) return 2;
  std::vector<float> luma(size_t(side) * side), work(size_t(side) * side);
  timed("Meta's C++", std::atof(argv[4]), [&](Hash256& hash, int& quality) {
    static float b64[64][64], b16x64[16][64], b16[16][16];
    facebook::pdq::downscaling::fillFloatLumaFromRGB(
        &rgb[0], &rgb[1], &rgb[2], side, side, 3 * side, 3, luma.data());
    facebook::pdq::hashing::pdqHash256FromFloatLuma(
        luma.data(), work.data(), side, side, b64, b16x64, b16, hash, quality);
  });
  timed("Meta's C++, decoded by libjpeg", std::atof(argv[4]), [&](Hash256& hash, int& quality) {
    int pixels;
    float read, hashed;
    if (!facebook::pdq::hashing::pdqHash256FromFile(argv[3], hash, quality, pixels, read, hashed)) std::exit(2);
  });
}
