package io.stablesr.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Whether this host's processor computes in bf16 itself; otherwise libtorch emulates it, slowly.
 */
public enum Bf16Instructions {
  /** It does. */
  PRESENT,
  /** It does not. */
  ABSENT,
  /** The host does not say. */
  UNKNOWN;

  /** Where Linux describes the processor. */
  public static final Path LINUX_CPU_INFO = Path.of("/proc/cpuinfo");

  private static final Set<String> NAMES = Set.of("avx512_bf16", "amx_bf16");

  /**
   * Reads the processor's flags.
   *
   * @param cpuInfo a file like {@link #LINUX_CPU_INFO}; where it is missing, or does not list flags
   *     as x86 processors do, the answer is {@link #UNKNOWN}
   */
  public static Bf16Instructions of(Path cpuInfo) {
    try (Stream<String> lines = Files.lines(cpuInfo)) {
      return lines
          .filter(line -> line.matches("flags\\s*:.*"))
          .findFirst()
          .map(line -> Arrays.asList(line.split("[\\s:]+", -1)))
          .map(flags -> flags.stream().anyMatch(NAMES::contains) ? PRESENT : ABSENT)
          .orElse(UNKNOWN);
    } catch (IOException | java.io.UncheckedIOException e) {
      return UNKNOWN;
    }
  }
}
