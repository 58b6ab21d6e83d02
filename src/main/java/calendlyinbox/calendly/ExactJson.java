package calendlyinbox.calendly;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;

/**
 * JSON that is one value and nothing after it, that fits into memory, and whose numbers stay as
 * they were written: 10.00 stays 10.00.
 */
public final class ExactJson {
  /**
   * Some twenty times a full page of Calendly's API; a few bytes each become fifty and more in a
   * tree, several of which must fit into a heap of 64 MB.
   */
  private static final long MOST_TOKENS = 200_000;

  /** Safe for concurrent use. Made with the first use: Jackson takes a tenth of a whole start. */
  public static final JsonMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxTokenCount(MOST_TOKENS).build())
                  .build())
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
          .build();

  private ExactJson() {}
}
