package io.stablesr.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class AllowedPrefixesTest {
  @Test
  void aPrefixMatchesWholeSegments() {
    AllowedPrefixes allowed =
        new AllowedPrefixes(List.of("s3a://b/photos/", "FILE:///data/in", "hdfs://n:8020"));

    assertThat(allowed.allows("s3a://b/photos")).isTrue();
    assertThat(allowed.allows("s3a://b/photos/x y.jpg")).isTrue();
    assertThat(allowed.allows("S3A://b/photos/x.jpg")).isTrue();
    assertThat(allowed.allows("file:/data/in/x.jpg")).isTrue();
    assertThat(allowed.allows("hdfs://n:8020/x.jpg")).isTrue();
    assertThat(allowed.allows("s3a://b/photos2/x.jpg")).isFalse();
    assertThat(allowed.allows("s3a://b2/photos/x.jpg")).isFalse();
    assertThat(allowed.allows("file:/data/inside/x.jpg")).isFalse();
    assertThat(allowed.allows("hdfs://n:80200/x.jpg")).isFalse();
    assertThat(new AllowedPrefixes(List.of()).allows("anything:/at/all")).isTrue();
  }
}
