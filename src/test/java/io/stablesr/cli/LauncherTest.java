package io.stablesr.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs {@code jobs/stablesr} as a user does, in a copy of the checkout's outline. */
class LauncherTest {
  @TempDir private Path folder;

  private record Outcome(int code, String out, String err) {}

  @Test
  void itRunsFromAnyFolderThroughALinkAndWithBlanksInPaths() throws Exception {
    Path home = checkout();
    Path link = Files.createSymbolicLink(folder.resolve("li nk"), home.resolve("jobs/stablesr"));

    Outcome outcome = run(link, Map.of(), "--version");

    assertThat(outcome.err()).isEmpty();
    assertThat(outcome.out()).isEqualTo("ran io.stablesr.cli.Main --version\n");
  }

  @Test
  void itBuildsWhenASourceIsNewerAndKeepsMavenOffStdout() throws Exception {
    Path home = checkout();
    Files.delete(home.resolve("target/stablesr-spark-1.jar"));

    Outcome outcome = run(home.resolve("jobs/stablesr"), Map.of(), "--version");

    assertThat(outcome.out()).isEqualTo("ran io.stablesr.cli.Main --version\n");
    assertThat(outcome.err()).contains("building").contains("maven -q -B -ntp -DskipTests package");
  }

  @Test
  void itSaysWhatIsWrongWithJava() throws Exception {
    Path home = checkout();
    Path old = java(folder.resolve("old"), "11");

    Outcome wrong =
        run(home.resolve("jobs/stablesr"), Map.of("JAVA_HOME", old.toString()), "--version");
    Outcome missing =
        run(home.resolve("jobs/stablesr"), Map.of("JAVA_HOME", "/nowhere"), "--version");

    assertThat(wrong.code()).isEqualTo(1);
    assertThat(wrong.err())
        .isEqualTo("stablesr: %s/bin/java is Java 11; set JAVA_HOME to a JDK 17.\n".formatted(old));
    assertThat(missing.err())
        .isEqualTo("stablesr: JAVA_HOME is /nowhere, which has no bin/java; set it to a JDK 17.\n");
  }

  /** The launcher, a Maven that makes an empty jar, and a Java that says what it was asked. */
  private Path checkout() throws IOException {
    assumeFalse(System.getProperty("os.name").startsWith("Windows"), "needs a Unix shell");
    Path home = folder.resolve("check out");
    for (String name : new String[] {"jobs", "src/main", "target"}) {
      Files.createDirectories(home.resolve(name));
    }
    Files.copy(Path.of("jobs/stablesr"), home.resolve("jobs/stablesr"));
    home.resolve("jobs/stablesr").toFile().setExecutable(true);
    Files.writeString(home.resolve("pom.xml"), "");
    for (String name : new String[] {"classpath.txt", "classpath-cluster.txt", "jvm.options"}) {
      Files.writeString(home.resolve("target").resolve(name), "");
    }
    Files.writeString(home.resolve("target/stablesr-spark-1.jar"), "");
    script(home.resolve("mvnw"), "echo \"maven $*\"; : > target/stablesr-spark-1.jar");
    java(folder.resolve("jdk"), "17");
    return home;
  }

  private static Path java(Path home, String version) throws IOException {
    Files.createDirectories(home.resolve("bin"));
    script(
        home.resolve("bin/java"),
        """
        case "$*" in
          *XshowSettings*) echo "    java.specification.version = %s" ;;
          *) while [ "$1" != io.stablesr.cli.Main ]; do shift; done; echo "ran $*" ;;
        esac\
        """
            .formatted(version));
    return home;
  }

  private static void script(Path file, String body) throws IOException {
    Files.writeString(file, "#!/bin/sh\n" + body + "\n");
    assertThat(file.toFile().setExecutable(true)).isTrue();
  }

  private Outcome run(Path launcher, Map<String, String> environment, String... arguments)
      throws IOException, InterruptedException {
    Path out = folder.resolve("stdout");
    Path err = folder.resolve("stderr");
    ProcessBuilder process = new ProcessBuilder();
    process.command().add(launcher.toString());
    process.command().addAll(java.util.List.of(arguments));
    process.directory(Path.of("/").toFile());
    process.environment().put("JAVA_HOME", folder.resolve("jdk").toString());
    process.environment().putAll(environment);
    process.redirectOutput(out.toFile()).redirectError(err.toFile());
    int code = process.start().waitFor();
    return new Outcome(
        code,
        Files.readString(out, StandardCharsets.UTF_8),
        Files.readString(err, StandardCharsets.UTF_8));
  }
}
