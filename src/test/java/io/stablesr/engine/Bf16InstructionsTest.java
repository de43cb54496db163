package io.stablesr.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class Bf16InstructionsTest {
  @TempDir private Path folder;

  @Test
  void theFlagsOfTheFirstProcessorDecide() throws IOException {
    assertThat(of("processor\t: 0\nflags\t\t: fpu avx512f avx512_bf16 rdpid\n"))
        .isEqualTo(Bf16Instructions.PRESENT);
    assertThat(of("flags\t: fpu amx_bf16\n")).isEqualTo(Bf16Instructions.PRESENT);
    assertThat(of("flags\t: fpu avx512f avx512_vnni xamx_bf16x\nbugs\t: avx512_bf16\n"))
        .isEqualTo(Bf16Instructions.ABSENT);
    assertThat(of("flags\t:\n")).isEqualTo(Bf16Instructions.ABSENT);
  }

  @Test
  void aHostThatDoesNotSayIsUnknown() throws IOException {
    assertThat(of("processor : 0\nFeatures : fp asimd bf16\n")).isEqualTo(Bf16Instructions.UNKNOWN);
    assertThat(of("")).isEqualTo(Bf16Instructions.UNKNOWN);
    assertThat(Bf16Instructions.of(folder.resolve("missing"))).isEqualTo(Bf16Instructions.UNKNOWN);
    assertThat(Bf16Instructions.of(folder)).isEqualTo(Bf16Instructions.UNKNOWN);
  }

  private Bf16Instructions of(String cpuInfo) throws IOException {
    return Bf16Instructions.of(Files.writeString(folder.resolve("cpuinfo"), cpuInfo));
  }
}
