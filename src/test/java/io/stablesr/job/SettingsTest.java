package io.stablesr.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import io.stablesr.diffusion.SamplerKind;
import io.stablesr.diffusion.SamplingOptions;
import io.stablesr.diffusion.StartPoint;
import io.stablesr.diffusion.TimestepSpacing;
import io.stablesr.image.ColorFix;
import io.stablesr.restore.ModelDtype;
import io.stablesr.restore.UpscaleOptions;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettingsTest {
  private static Config noBundle(String bundle) {
    return ConfigFactory.empty();
  }

  private final SettingKeys keys = SettingKeys.reference();
  @TempDir private Path folder;

  @Test
  void everyKeyHasAComment() {
    assertThat(keys.all()).allSatisfy(key -> assertThat(key.comment()).endsWith("."));
  }

  @Test
  void theReferenceDefaultsAreThoseOfTheOfficialModel() {
    Config values = settings().values();
    UpscaleOptions options = SettingsReader.upscale(values);

    assertThat(options.scale()).isEqualTo(4.0);
    assertThat(options.seed()).isEqualTo(42);
    assertThat(options.fusionWeight()).isEqualTo(0.5);
    assertThat(options.colorFix()).isEqualTo(ColorFix.ADAIN);
    assertThat(options.prompt()).isEmpty();
    assertThat(options.sampling().sampler()).isEqualTo(SamplerKind.DDPM);
    assertThat(options.sampling().steps()).isEqualTo(200);
    assertThat(options.sampling().overlapLatents()).isEqualTo(32);
    assertThat(options.sampling().tileBatch()).isEqualTo(4);
    assertThat(options.sampling().guided()).isFalse();
    assertThat(SettingsReader.model(values).dtype()).isEqualTo(ModelDtype.FP32);
    assertThat(SettingsReader.job(values).existingOutput()).isEqualTo(ExistingOutput.SKIP);
  }

  @Test
  void theEmbeddedCleanerIsTakenWhereInputsAreCleanedAndNoOtherIsNamed() {
    assertThat(cleaner("upscale.pre-clean", "auto")).isEqualTo("stablesr-cleaner-x1");
    assertThat(cleaner("upscale.pre-clean", "on")).isEqualTo("stablesr-cleaner-x1");
    assertThat(cleaner()).isEmpty();
    assertThat(cleaner("upscale.pre-clean", "auto", "model.cleaner-weights", "a.pth"))
        .isEqualTo("a.pth");
    assertThat(
            cleaner(
                "upscale.pre-clean",
                "auto",
                "model.method",
                "realesrgan",
                "model.weights",
                "b.pth"))
        .isEmpty();
  }

  private String cleaner(String... assignments) {
    return SettingsReader.model(settings(assignments).values()).cleaner().weights();
  }

  @Test
  void aMethodsOwnDefaultsWinOverTheBundlesAndLoseToEverythingElse() {
    Map<String, String> given = Map.of("model.method", "ldm", "sampling.steps", "25");
    Settings settings =
        Settings.of(
            keys,
            List.of(SettingsLayer.ofCommandLine(given)),
            bundle ->
                ConfigFactory.parseString(
                    "sampling { eta = 0.3, tile-batch = 2, spacing = trailing, overlap-latents = 16, guidance-scale = 2 }"));
    SamplingOptions sampling = SettingsReader.upscale(settings.values()).sampling();
    assertThat(sampling.sampler()).isEqualTo(SamplerKind.DDIM);
    assertThat(sampling.start()).isEqualTo(StartPoint.PURE_NOISE);
    assertThat(sampling.eta()).isEqualTo(1);
    assertThat(sampling.steps()).isEqualTo(25);
    assertThat(sampling.spacing()).isEqualTo(TimestepSpacing.LINSPACE);
    assertThat(sampling.overlapLatents()).isEqualTo(32);
    assertThat(sampling.guidanceScale()).isEqualTo(1);
    assertThat(sampling.tileBatch()).isEqualTo(2);
    assertThat(settings.origin("sampling.eta")).isEqualTo("method ldm");
    assertThat(settings.origin("sampling.steps")).isEqualTo("command line");
    assertThat(settings.origin("sampling.tile-batch")).isEqualTo("model bundle stablesr-mini");
  }

  @Test
  void aStrongerLayerWinsAndIsNamedAsTheOrigin() throws IOException {
    Path file = write("own.conf", "stablesr.sampling { steps = 30, eta = 0.5 }");
    write("fast.conf", "stablesr { sampling { steps = 20, eta = 0.2 }, upscale.seed = 5 }");
    Settings settings =
        Settings.of(
            keys,
            List.of(
                SettingsLayer.ofCommandLine(Map.of("sampling.steps", "40")),
                SettingsLayer.ofFile(file),
                SettingsLayer.ofProfile("fast", List.of(folder))),
            bundle ->
                ConfigFactory.parseString(
                    "sampling { steps = 4, start = pure-noise }, upscale.seed = 6"));

    assertThat(settings.values().getInt("sampling.steps")).isEqualTo(40);
    assertThat(settings.origin("sampling.steps")).isEqualTo("command line");
    assertThat(settings.values().getDouble("sampling.eta")).isEqualTo(0.5);
    assertThat(settings.origin("sampling.eta")).isEqualTo("config file " + file);
    assertThat(settings.values().getLong("upscale.seed")).isEqualTo(5);
    assertThat(settings.origin("upscale.seed")).isEqualTo("profile fast");
    assertThat(settings.values().getString("sampling.start")).isEqualTo("pure-noise");
    assertThat(settings.origin("sampling.start")).isEqualTo("model bundle stablesr-mini");
    assertThat(settings.origin("upscale.scale")).isEqualTo("default");
  }

  @Test
  void theBundleThatIsAskedForGivesTheDefaults() {
    Settings settings =
        Settings.of(
            keys,
            List.of(SettingsLayer.ofCommandLine(Map.of("model.bundle", "turbo"))),
            bundle -> ConfigFactory.parseString("upscale.prompt = \"of " + bundle + "\""));

    assertThat(settings.values().getString("upscale.prompt")).isEqualTo("of turbo");
  }

  @Test
  void anUnknownKeyIsAnErrorThatNamesTheNearest() throws IOException {
    assertThatThrownBy(() -> settings("upscale.scal", "2"))
        .isInstanceOf(StableSrException.class)
        .hasMessage(
            "Setting 'upscale.scal' (command line) is unknown; the nearest known setting is"
                + " 'upscale.scale'.");
    Path file = write("typo.conf", "stablesr.sampling.step = 3");
    assertThatThrownBy(
            () -> Settings.of(keys, List.of(SettingsLayer.ofFile(file)), SettingsTest::noBundle))
        .hasMessage(
            "Setting 'sampling.step' (config file %s) is unknown; the nearest known setting is"
                + " 'sampling.steps'.",
            file);
    Path outside = write("outside.conf", "steps = 3");
    assertThatThrownBy(() -> SettingsLayer.ofFile(outside))
        .hasMessageContaining("Key 'steps'")
        .hasMessageContaining("outside of the block 'stablesr { ... }'");
    assertThatThrownBy(
            () ->
                Settings.of(
                    keys, List.of(), bundle -> ConfigFactory.parseString("upscale.sede = 1")))
        .hasMessageContaining("'upscale.sede' (model bundle stablesr-mini)")
        .hasMessageContaining("'upscale.seed'");
  }

  @Test
  void aValueOfTheWrongKindIsAnErrorThatSaysWhatIsExpected() {
    assertThatThrownBy(() -> settings("sampling.steps", "many"))
        .isInstanceOf(StableSrException.class)
        .hasMessage(
            "Setting 'sampling.steps' (command line) is \"many\"; it must be a whole number.");
    assertThatThrownBy(() -> settings("output.overwrite", "maybe"))
        .hasMessageEndingWith("it must be true or false.");
    assertThatThrownBy(() -> SettingsReader.upscale(settings("upscale.color-fix", "no").values()))
        .hasMessage("upscale.color-fix is 'no'; it must be adain or wavelet or none.");
    assertThatThrownBy(() -> SettingsReader.upscale(settings("upscale.scale", "99").values()))
        .isInstanceOfSatisfying(
            StableSrException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CONFIG))
        .hasMessageContaining("99");
    assertThatThrownBy(() -> SettingsReader.job(settings("output.format", "gif").values()))
        .hasMessage("output.format is 'gif'; it must be png, jpeg or tiff.");
  }

  @Test
  void aMissingProfileIsAnErrorThatListsTheProfiles() throws IOException {
    write("fast.conf", "");
    write("s3.conf", "");

    assertThatThrownBy(() -> SettingsLayer.ofProfile("slow", List.of(folder)))
        .hasMessage("There is no profile 'slow'; the profiles are: fast, s3.");
  }

  @Test
  void sparkPropertiesMayHaveNamesThatBeginOneAnother() throws IOException {
    Path file =
        write(
            "s3.conf",
            """
            stablesr.spark.conf {
              "spark.hadoop.fs.s3a.endpoint" = "http://localhost"
              "spark.hadoop.fs.s3a.endpoint.region" = "here"
            }
            """);
    Settings settings =
        Settings.of(keys, List.of(SettingsLayer.ofFile(file)), SettingsTest::noBundle);

    assertThat(settings.values().getObject("spark.conf").keySet()).hasSize(2);
    assertThat(settings.explain(Map.of())).doesNotContain("http://localhost");
  }

  @Test
  void theShippedProfilesAndJobsAreValid() throws IOException {
    List<Path> files = new ArrayList<>();
    for (String shipped : List.of("conf", "jobs")) {
      try (DirectoryStream<Path> found = Files.newDirectoryStream(Path.of(shipped), "*.conf")) {
        found.forEach(files::add);
      }
    }
    // Descriptions of trainings and of sweeps are not settings of a job.
    files.removeIf(file -> file.getFileName().toString().matches("(train|benchmark)-.*"));
    assertThat(files).extracting(Path::toString).contains("conf/k8s.conf", "jobs/nightly.conf");
    for (Path file : files) {
      Settings settings =
          Settings.of(keys, List.of(SettingsLayer.ofFile(file)), SettingsTest::noBundle);
      SettingsReader.model(settings.values());
      SettingsReader.upscale(settings.values());
      SettingsReader.job(settings.values());
      SettingsReader.run(settings.values());
      SettingsReader.degrade(settings.values());
    }
  }

  @Test
  void theProfilesOfClustersKeepStrangersOut() {
    for (String name : List.of("standalone", "yarn", "k8s")) {
      Config spark =
          Settings.of(
                  keys,
                  List.of(SettingsLayer.ofProfile(name, List.of(Path.of("conf")))),
                  SettingsTest::noBundle)
              .values()
              .getConfig("spark.conf");
      assertThat(spark.getBoolean("\"spark.authenticate\"")).as(name).isTrue();
      assertThat(spark.getBoolean("\"spark.network.crypto.enabled\"")).as(name).isTrue();
      assertThat(spark.getBoolean("\"spark.decommission.enabled\"")).as(name).isTrue();
      assertThat(spark.getInt("\"spark.hadoop.fs.s3a.retry.limit\"")).as(name).isEqualTo(5);
      assertThat("spark.hadoop.fs.s3a.session.token")
          .as(name)
          .containsPattern(spark.getString("\"spark.redaction.regex\""));
    }
  }

  @Test
  void theTableInTheDocumentationIsThatOfTheReference() throws IOException {
    StringBuilder table = new StringBuilder("| key | default | meaning |\n|---|---|---|\n");
    for (SettingKey key : keys.all()) {
      table.append(
          "| `%s` | `%s` | %s |\n"
              .formatted(key.path(), key.defaultText(), key.comment().replace("|", "\\|")));
    }

    assertThat(Path.of("docs/configuration.md")).content().contains(table.toString());
  }

  /** Of keys and values in turn. */
  private Settings settings(String... assignments) {
    Map<String, String> given = new LinkedHashMap<>();
    for (int i = 0; i < assignments.length; i += 2) {
      given.put(assignments[i], assignments[i + 1]);
    }
    return Settings.of(keys, List.of(SettingsLayer.ofCommandLine(given)), SettingsTest::noBundle);
  }

  private Path write(String name, String content) throws IOException {
    return Files.writeString(folder.resolve(name), content);
  }
}
