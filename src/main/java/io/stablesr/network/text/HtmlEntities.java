package io.stablesr.network.text;

import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * HTML character references: all numeric ones, the names of HTML 4 and the names that HTML 5 gave
 * to ASCII punctuation. Other names of HTML 5 stay as they are.
 *
 * <p>As in browsers, the Latin-1 names and {@code amp}, {@code lt}, {@code gt}, {@code quot} need
 * no semicolon, numbers 128 to 159 mean Windows-1252, and impossible numbers become U+FFFD.
 */
final class HtmlEntities {
  private static final Pattern REFERENCE =
      Pattern.compile("&(#[0-9]+;?|#[xX][0-9a-fA-F]+;?|[^\\t\\n\\f <&#;]{1,32};?)");
  private static final Pattern TERMINATED =
      Pattern.compile("&(#[0-9]+;|#[xX][0-9a-fA-F]+;|[0-9A-Za-z]{1,24};)");

  /** U+00A0 to U+00FF in order; these names need no semicolon. */
  private static final String LATIN_1 =
      "nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr deg plusmn"
          + " sup2 sup3 acute micro para middot cedil sup1 ordm raquo frac14 frac12 frac34 iquest"
          + " Agrave Aacute Acirc Atilde Auml Aring AElig Ccedil Egrave Eacute Ecirc Euml Igrave"
          + " Iacute Icirc Iuml ETH Ntilde Ograve Oacute Ocirc Otilde Ouml times Oslash Ugrave"
          + " Uacute Ucirc Uuml Yacute THORN szlig agrave aacute acirc atilde auml aring aelig"
          + " ccedil egrave eacute ecirc euml igrave iacute icirc iuml eth ntilde ograve oacute"
          + " ocirc otilde ouml divide oslash ugrave uacute ucirc uuml yacute thorn yuml";

  private static final String ASCII_WITHOUT_SEMICOLON =
      "amp & AMP & lt < LT < gt > GT > quot \" QUOT \" COPY \u00A9 REG \u00AE";

  private static final String WITH_SEMICOLON =
      "apos ' num # excl ! quest ? comma , period . colon : semi ; lpar ( rpar ) lsqb [ lbrack ["
          + " rsqb ] rbrack ] lcub { lbrace { rcub } rbrace } percnt % dollar $ commat @ ast *"
          + " midast * plus + equals = sol / bsol \\ lowbar _ Hat ^ grave ` verbar | vert |"
          + " Alpha \u0391 Beta \u0392 Gamma \u0393 Delta \u0394 Epsilon \u0395 Zeta \u0396"
          + " Eta \u0397 Theta \u0398 Iota \u0399 Kappa \u039A Lambda \u039B Mu \u039C Nu \u039D"
          + " Xi \u039E Omicron \u039F Pi \u03A0 Rho \u03A1 Sigma \u03A3 Tau \u03A4"
          + " Upsilon \u03A5 Phi \u03A6 Chi \u03A7 Psi \u03A8 Omega \u03A9 alpha \u03B1"
          + " beta \u03B2 gamma \u03B3 delta \u03B4 epsilon \u03B5 zeta \u03B6 eta \u03B7"
          + " theta \u03B8 iota \u03B9 kappa \u03BA lambda \u03BB mu \u03BC nu \u03BD xi \u03BE"
          + " omicron \u03BF pi \u03C0 rho \u03C1 sigmaf \u03C2 sigma \u03C3 tau \u03C4"
          + " upsilon \u03C5 phi \u03C6 chi \u03C7 psi \u03C8 omega \u03C9 thetasym \u03D1"
          + " upsih \u03D2 piv \u03D6 OElig \u0152 oelig \u0153 Scaron \u0160 scaron \u0161"
          + " Yuml \u0178 fnof \u0192 circ \u02C6 tilde \u02DC ensp \u2002 emsp \u2003"
          + " thinsp \u2009 zwnj \u200C zwj \u200D lrm \u200E rlm \u200F hyphen \u2010"
          + " dash \u2010 ndash \u2013 mdash \u2014 lsquo \u2018 rsquo \u2019 sbquo \u201A"
          + " ldquo \u201C rdquo \u201D bdquo \u201E dagger \u2020 Dagger \u2021 bull \u2022"
          + " hellip \u2026 permil \u2030 prime \u2032 Prime \u2033 lsaquo \u2039 rsaquo \u203A"
          + " oline \u203E frasl \u2044 euro \u20AC image \u2111 weierp \u2118 real \u211C"
          + " trade \u2122 alefsym \u2135 larr \u2190 uarr \u2191 rarr \u2192 darr \u2193"
          + " harr \u2194 crarr \u21B5 lArr \u21D0 uArr \u21D1 rArr \u21D2 dArr \u21D3"
          + " hArr \u21D4 forall \u2200 part \u2202 exist \u2203 empty \u2205 nabla \u2207"
          + " isin \u2208 notin \u2209 ni \u220B prod \u220F sum \u2211 minus \u2212"
          + " lowast \u2217 radic \u221A prop \u221D infin \u221E ang \u2220 and \u2227 or \u2228"
          + " cap \u2229 cup \u222A int \u222B there4 \u2234 sim \u223C cong \u2245 asymp \u2248"
          + " ne \u2260 equiv \u2261 le \u2264 ge \u2265 sub \u2282 sup \u2283 nsub \u2284"
          + " sube \u2286 supe \u2287 oplus \u2295 otimes \u2297 perp \u22A5 sdot \u22C5"
          + " lceil \u2308 rceil \u2309 lfloor \u230A rfloor \u230B lang \u27E8 rang \u27E9"
          + " loz \u25CA spades \u2660 clubs \u2663 hearts \u2665 diams \u2666";

  /** Keys with a semicolon, and without one where none is needed. */
  private static final Map<String, String> NAMES = names();

  private HtmlEntities() {}

  /** All references resolved once, also those whose semicolon is missing where HTML allows it. */
  static String unescape(String text) {
    return replace(REFERENCE, text);
  }

  /** Only the references that end in a semicolon, resolved once. */
  static String unescapeTerminated(String text) {
    return replace(TERMINATED, text);
  }

  private static String replace(Pattern pattern, String text) {
    return pattern
        .matcher(text)
        .replaceAll(match -> Matcher.quoteReplacement(resolve(match.group(1))));
  }

  private static String resolve(String body) {
    if (body.charAt(0) == '#') {
      return ofNumber(body);
    }
    for (int end = body.length(); end > 1; end--) {
      String value = NAMES.get(body.substring(0, end));
      if (value != null) {
        return value + body.substring(end);
      }
    }
    return "&" + body;
  }

  private static String ofNumber(String body) {
    int end = body.endsWith(";") ? body.length() - 1 : body.length();
    boolean hex = body.charAt(1) == 'x' || body.charAt(1) == 'X';
    int point = 0;
    for (int i = hex ? 2 : 1; i < end && point <= Character.MAX_CODE_POINT; i++) {
      point = point * (hex ? 16 : 10) + Character.digit(body.charAt(i), 16);
    }
    if (point == 0
        || point > Character.MAX_CODE_POINT
        || (point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE)) {
      return "\uFFFD";
    }
    if (point >= 0x80 && point <= 0x9F) {
      return String.valueOf(Windows1252.decode(point));
    }
    return isForbidden(point) ? "" : Character.toString(point);
  }

  /** Controls and the code points that never are characters. */
  private static boolean isForbidden(int point) {
    boolean control = point < 0x20 && point != '\t' && point != '\n' && point != '\f';
    return (control && point != '\r')
        || point == 0x7F
        || (point >= 0xFDD0 && point <= 0xFDEF)
        || (point & 0xFFFE) == 0xFFFE;
  }

  private static Map<String, String> names() {
    Map<String, String> names = new HashMap<>();
    String[] latin = LATIN_1.split(" ", -1);
    for (int i = 0; i < latin.length; i++) {
      String value = String.valueOf((char) (0xA0 + i));
      names.put(latin[i], value);
      names.put(latin[i] + ";", value);
    }
    String[] ascii = ASCII_WITHOUT_SEMICOLON.split(" ", -1);
    for (int i = 0; i < ascii.length; i += 2) {
      names.put(ascii[i], ascii[i + 1]);
      names.put(ascii[i] + ";", ascii[i + 1]);
    }
    String[] others = WITH_SEMICOLON.split(" ", -1);
    for (int i = 0; i < others.length; i += 2) {
      names.put(others[i] + ";", others[i + 1]);
    }
    return Map.copyOf(names);
  }
}
