package io.stablesr;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The package rules of docs/architecture.md: a package imports only from those below it. */
class PackageRulesTest {
  /** Lowest first. */
  private static final List<String> LAYERS =
      List.of(
          "core",
          "checkpoint",
          "graph",
          "engine",
          "network",
          "diffusion",
          "image",
          "restore",
          "degrade",
          "metric",
          "train",
          "parity",
          "job",
          "report",
          "sweep",
          "spark",
          "cli");

  private static final JavaClasses PRODUCTION =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("io.stablesr");

  @Test
  void aPackageImportsOnlyFromThoseBelowIt() {
    for (int layer = 0; layer < LAYERS.size() - 1; layer++) {
      String[] above =
          LAYERS.subList(layer + 1, LAYERS.size()).stream()
              .map(name -> "io.stablesr." + name + "..")
              .toArray(String[]::new);
      noClasses()
          .that()
          .resideInAPackage("io.stablesr." + LAYERS.get(layer) + "..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(above)
          .allowEmptyShould(true)
          .check(PRODUCTION);
    }
  }

  @Test
  void everyPackageHasItsPlaceInTheOrder() {
    assertThat(PRODUCTION.stream().map(type -> type.getPackageName().split("\\.", 4)[2]).distinct())
        .isSubsetOf(LAYERS);
  }

  @Test
  void onlyTheSparkPackageImportsSpark() {
    noClasses()
        .that()
        .resideOutsideOfPackage("io.stablesr.spark..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.apache.spark..", "scala..")
        .allowEmptyShould(true)
        .check(PRODUCTION);
  }

  @Test
  void onlyTheEngineAndTrainersImportDjl() {
    String[] djlUsers =
        Stream.of("engine", "train").map(n -> "io.stablesr." + n + "..").toArray(String[]::new);
    noClasses()
        .that()
        .resideOutsideOfPackages(djlUsers)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("ai.djl..")
        .allowEmptyShould(true)
        .check(PRODUCTION);
  }
}
