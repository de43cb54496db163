package io.stablesr.network.text;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PromptCleanerTest {
  @Test
  void whiteSpaceCollapsesAndLettersBecomeLowerCase() {
    assertThat(PromptCleaner.clean("  A\u00A0Photo \t\r\n of\u3000\u2028SNOW  "))
        .isEqualTo("a photo of snow");
  }

  @Test
  void quotesLigaturesAndWidthsBecomePlain() {
    assertThat(PromptCleaner.clean("\u201Cﬁne\u201D \u2018ﬂag\u2019 ＄５＼ ﾊﾝ \uFB05"))
        .isEqualTo("\"fine\" 'flag' $5\\ ハン \u017Ft");
  }

  @Test
  void charactersAreComposed() {
    assertThat(PromptCleaner.clean("e\u0301")).isEqualTo("\u00E9");
  }

  @Test
  void controlsEscapesAndLoneSurrogatesGo() {
    assertThat(PromptCleaner.clean("\uFEFFa\u0000b\u001B[31;1mred\u001B[0m \uD800x \uD83D\uDE42"))
        .isEqualTo("abred \uFFFDx \uD83D\uDE42");
  }

  @Test
  void entitiesAreResolvedTwiceBesidesMarkup() {
    assertThat(PromptCleaner.clean("<b> &amp;amp;amp; &amp;lt; &copy &notit; &unknown;"))
        .isEqualTo("<b> &amp; < © ¬it; &unknown;");
  }

  @Test
  void entitiesWithoutMarkupAreResolvedUntilNothingIsLeft() {
    assertThat(PromptCleaner.clean("&amp;amp;amp;amp;lt; &eacute;&ensp;&hearts;&quot;"))
        .isEqualTo("< é ♥\"");
  }

  @Test
  void numericEntitiesFollowTheRulesOfBrowsers() {
    assertThat(HtmlEntities.unescape("&#65;&#x1F642;&#x41 &#150;&#0;&#xD800;&#x110000;&#7;&#;"))
        .isEqualTo("A\uD83D\uDE42A \u2013\uFFFD\uFFFD\uFFFD&#;");
  }

  @Test
  void misreadUtf8IsRepaired() {
    assertThat(PromptCleaner.repair("cafÃ© Ã\u00A0 la crÃ¨me, Ãœber, Ã–sterreich"))
        .isEqualTo("café à la crème, Über, Österreich");
    assertThat(PromptCleaner.repair("donâ€™t â€” 20Â°C ðŸ™‚")).isEqualTo("don't — 20°C 🙂");
    assertThat(PromptCleaner.repair("æ—¥æœ¬èªž")).isEqualTo("日本語");
    assertThat(PromptCleaner.repair("ÐŸÑ€Ð¸Ð²ÐµÑ‚")).isEqualTo("Привет");
    assertThat(PromptCleaner.repair("Å¡koda zÅ‚oty")).isEqualTo("škoda złoty");
  }

  @Test
  void textMisreadTwiceIsRepaired() {
    assertThat(PromptCleaner.repair("cafÃƒÂ© itÃ¢â‚¬â„¢s")).isEqualTo("café it's");
  }

  @Test
  void misreadAndSoundTextMayBeMixed() {
    assertThat(PromptCleaner.repair("naïve cafÃ© 日本")).isEqualTo("naïve café 日本");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "naïve café — déjà vu",
        "São Tomé, MAÇÃ, Île-de-France, Ångström",
        "1 Å² at 5 °C",
        "ÀÉÎÕÜ àéîõü ÄÖÜß",
        "Привет, мир",
        "日本語テキスト 🙂"
      })
  void soundTextStaysAsItIs(String text) {
    assertThat(PromptCleaner.repair(text)).isEqualTo(text);
  }

  @Test
  void marksAfterAnAccentedLetterAreNoMisreadText() {
    assertThat(PromptCleaner.repair("“café…” «MAÇÃ» “ROMÂ”"))
        .isEqualTo("\"café…\" «MAÇÃ» \"ROMÂ\"");
  }
}
