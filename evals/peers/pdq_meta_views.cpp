// What Meta's PDQ in C++ makes of the same pixels: crates/likeness/examples/pdq_check.rs runs it to compare.
//
// `pdq_meta_views RGB WIDTH HEIGHT`; built as pdq_meta_speed.cpp is. Prints the quality and the eight hashes in Meta's order.
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <vector>

#include <pdq/cpp/downscaling/downscaling.h>
#include <pdq/cpp/hashing/pdqhashing.h>

using facebook::pdq::hashing::Hash256;

int main(int argc, char** argv) {
  if (argc != 4) return 2;
  int width = std::atoi(argv[2]), height = std::atoi(argv[3]), quality = 0;
  std::ifstream file(argv[1], std::ios::binary);
  std::vector<unsigned char> rgb((std::istreambuf_iterator<char>(file)), {});
  if (rgb.empty() || rgb.size() != size_t(width) * height * 3) return 2;
  std::vector<float> luma(size_t(width) * height), work(size_t(width) * height);
  static float b64[64][64], b16x64[16][64], b16[16][16], aux[16][16];
  facebook::pdq::downscaling::fillFloatLumaFromRGB(
      &rgb[0], &rgb[1], &rgb[2], height, width, 3 * width, 3, luma.data());
  Hash256 v[8];
  facebook::pdq::hashing::pdqDihedralHash256esFromFloatLuma(
      luma.data(), work.data(), height, width, b64, b16x64, b16, aux,
      &v[0], &v[1], &v[2], &v[3], &v[4], &v[5], &v[6], &v[7], quality);
  std::printf("%d", quality);
  for (Hash256& hash : v) std::printf(" %s", hash.format().c_str());
  std::printf("\n");
}
