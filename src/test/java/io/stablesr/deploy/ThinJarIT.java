package io.stablesr.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import javax.imageio.spi.ImageReaderSpi;
import org.junit.jupiter.api.Test;

/** What is in the jar for clusters, and what is not. */
class ThinJarIT {
  private static final Path JAR = Path.of(System.getProperty("stablesr.thin.jar"));
  private static final long MAX_BYTES = 30L << 20;

  @Test
  void itIsSmallAndHasTheModelAndTheVersion() throws IOException {
    assertThat(Files.size(JAR)).isLessThan(MAX_BYTES);
    assertThat(names())
        .contains(
            "reference.conf",
            "models/stablesr-mini/model.conf",
            "models/stablesr-mini/diffusion.safetensors",
            "io/stablesr/cli/Main.class",
            "META-INF/LICENSE");
    try (JarFile jar = new JarFile(JAR.toFile())) {
      Attributes manifest = jar.getManifest().getMainAttributes();
      assertThat(manifest.getValue("Main-Class")).isEqualTo("io.stablesr.cli.Main");
      assertThat(manifest.getValue("Implementation-Version")).isNotBlank();
    }
  }

  @Test
  void librariesThatAClusterMayHaveInAnotherVersionAreRelocated() throws IOException {
    List<String> classes = names().stream().filter(name -> name.endsWith(".class")).toList();

    assertThat(classes)
        .allMatch(
            name ->
                name.startsWith("io/stablesr/")
                    // Their native libraries look for these names.
                    || name.startsWith("ai/djl/")
                    || name.startsWith("com/sun/jna/"));
    for (String library : List.of("config", "picocli", "gson", "twelvemonkeys")) {
      assertThat(classes).anyMatch(name -> name.startsWith("io/stablesr/shaded/" + library + "/"));
    }
  }

  @Test
  void neitherTheClustersOwnNorLibtorchIsInside() throws IOException {
    assertThat(names())
        .noneMatch(name -> name.contains("org/apache/") || name.startsWith("scala/"))
        .noneMatch(name -> name.contains("software/amazon"))
        .noneMatch(name -> name.startsWith("native/lib/"))
        .doesNotContain("log4j2.properties", "webp/1.webp");
  }

  @Test
  void theServicesAreFoundUnderTheirNewNames() throws IOException {
    try (JarFile jar = new JarFile(JAR.toFile());
        URLClassLoader loader =
            new URLClassLoader(
                new URL[] {JAR.toUri().toURL()}, ClassLoader.getPlatformClassLoader())) {
      for (String name : names()) {
        if (name.startsWith("META-INF/services/") && !name.endsWith("/")) {
          JarEntry entry = jar.getJarEntry(name);
          String text =
              new String(jar.getInputStream(entry).readAllBytes(), StandardCharsets.UTF_8);
          for (String provider : text.lines().map(String::strip).toList()) {
            if (!provider.isEmpty() && !provider.startsWith("#")) {
              assertThat(jar.getJarEntry(provider.replace('.', '/') + ".class"))
                  .as("%s of %s", provider, name)
                  .isNotNull();
            }
          }
        }
      }
      List<String> readers = new ArrayList<>();
      ServiceLoader.load(ImageReaderSpi.class, loader)
          .forEach(provider -> readers.add(provider.getClass().getName()));
      assertThat(readers)
          .anyMatch(
              name -> name.startsWith("io.stablesr.shaded.") && name.endsWith("WebPImageReaderSpi"))
          .anyMatch(
              name -> name.startsWith("io.stablesr.shaded.") && name.endsWith("TIFFImageReaderSpi"))
          .anyMatch(
              name ->
                  name.startsWith("io.stablesr.shaded.") && name.endsWith("JPEGImageReaderSpi"));
    }
  }

  private static List<String> names() throws IOException {
    try (JarFile jar = new JarFile(JAR.toFile())) {
      return jar.stream().map(JarEntry::getName).toList();
    }
  }
}
