use super::*;
use approx::assert_relative_eq;
use proptest::prelude::*;

fn usd() -> Units {
    Units::new("USD")
}

fn read(text: &str) -> Quantity {
    usd().parse(text).unwrap_or_else(|error| panic!("`{text}`: {error}"))
}

fn refuse(text: &str) -> MeasureError {
    usd().parse(text).expect_err(text)
}

fn basis(text: &str) -> (Option<String>, Option<String>) {
    let Basis { numerator, denominator } = read(text).basis;
    (numerator, denominator)
}

#[test]
fn quantities_convert_to_internal_units() {
    for (text, value, dimension) in [
        ("570 kt/yr", 570e3, Dimension::MASS_RATE),
        ("570kt/year", 570e3, Dimension::MASS_RATE),
        ("2,500 t/yr", 2500.0, Dimension::MASS_RATE),
        ("1_000 t/a", 1000.0, Dimension::MASS_RATE),
        ("1 t/h", 8760.0, Dimension::MASS_RATE),
        ("1 t/d", 365.0, Dimension::MASS_RATE),
        ("12 t/month", 144.0, Dimension::MASS_RATE),
        ("25 kWh/t", 25.0, Dimension::ENERGY_PER_MASS),
        ("69 USD/kg NdPr oxide", 69e3, Dimension::MONEY_PER_MASS),
        ("4.71 USD/kg REO", 4710.0, Dimension::MONEY_PER_MASS),
        ("94 %", 0.94, Dimension::FRACTION),
        ("94%", 0.94, Dimension::FRACTION),
        ("1.75 % REO", 0.0175, Dimension::FRACTION),
        ("200 ppm", 2e-4, Dimension::FRACTION),
        ("5 g/t", 5e-6, Dimension::FRACTION),
        ("0.9 t H2SO4/t REO", 0.9, Dimension::FRACTION),
        ("39.7", 39.7, Dimension::FRACTION),
        ("\u{2212}2 %", -0.02, Dimension::FRACTION),
        ("1 kW", 8760.0, Dimension::ENERGY_RATE),
        ("3.6 GJ/t", 1000.0, Dimension::ENERGY_PER_MASS),
        ("1 L/kg", 1.0, Dimension::VOLUME_PER_MASS),
        ("3 m^3/t", 3.0, Dimension::VOLUME_PER_MASS),
        ("3 m³/t", 3.0, Dimension::VOLUME_PER_MASS),
        ("2 m3/h", 17520.0, Dimension::VOLUME_RATE),
        ("25 MUSD", 25e6, Dimension::MONEY),
        ("25 M USD/yr", 25e6, Dimension::MONEY_RATE),
        ("1.2 bn USD", 1.2e9, Dimension::MONEY),
        ("25 million USD", 25e6, Dimension::MONEY),
        ("3 kUSD/d", 1_095e3, Dimension::MONEY_RATE),
        ("1200 USD/(t/yr)", 1200.0, Dimension::MONEY_PER_MASS_RATE),
        ("1 lb", 0.453_592_37e-3, Dimension::MASS),
        ("36.8 million t", 36.8e6, Dimension::MASS),
        ("20 yr", 20.0, Dimension::TIME),
        ("8 %/yr", 0.08, Dimension::PER_TIME),
        ("1.5e3 t", 1500.0, Dimension::MASS),
        ("0.09 USD/kWh", 0.09, Dimension::MONEY_PER_ENERGY),
    ] {
        let quantity = read(text);
        assert_relative_eq!(quantity.value, value, max_relative = 1e-14);
        assert_eq!(quantity.dimension, dimension, "{text}");
    }
}

#[test]
fn price_per_mass_and_time_is_not_cost_per_capacity() {
    let mismatch = read("12 USD/t/yr").expect(Dimension::MONEY_PER_MASS_RATE).unwrap_err();
    assert!(mismatch.help().unwrap().contains("USD/(t/yr)"));
    assert_eq!(read("12 USD/t/yr").dimension.to_string(), "money/t/yr");
}

#[test]
fn basis_words_are_kept_as_written() {
    let some = |text: &str| Some(text.to_owned());
    assert_eq!(basis("69 USD/kg NdPr oxide"), (None, some("NdPr oxide")));
    assert_eq!(basis("1.75 % REO"), (some("REO"), None));
    assert_eq!(basis("570 kt ore/yr"), (some("ore"), None));
    assert_eq!(basis("600 kt/yr REO"), (some("REO"), None));
    assert_eq!(basis("0.9 t H2SO4/t REO"), (some("H2SO4"), some("REO")));
    assert_eq!(basis("3 USD/(t REO/yr)"), (None, some("REO")));
    assert_eq!(basis("3 USD/(t/yr) REO"), (None, some("REO")));
    assert_eq!(basis("5 USD/kg W"), (None, some("W")));
    assert_eq!(basis("5 USD/kg oxide (99 %)"), (None, some("oxide (99 %)")));
    assert!(read("1.75 % REO").percent_like);
    assert!(!read("39.7").percent_like);
}

#[test]
fn mistakes_are_named_with_their_place() {
    for (text, at, help) in [
        ("570 Kt/yr", "Kt", "`kt`"),
        ("570 kt/yaer", "yaer", "`year`"),
        ("69 usd/kg", "usd", "`USD`"),
        ("69 EUR/kg", "EUR", "cite the rate"),
        ("69 kEUR/kg", "kEUR", "cite the rate"),
        ("69 $/kg", "$", "cite the rate"),
        ("$69/kg", "$69", "after the number"),
        ("3 t/shift", "shift", "shift = \"8 h\""),
        ("570 ktpa", "ktpa", "`kt/yr`"),
        ("5 ton", "ton", "`t`"),
        ("570 kt yr", "yr", "`/yr`"),
        ("570 t yr-1", "yr-1", "`/yr-1`"),
        ("570 kt per yr", "per", "`/`"),
        ("570 kt ore per yr", "per", "`/`"),
        ("570 kt ore yr", "yr", "`/yr`"),
        ("1.75 %REO", "%REO", "`% REO`"),
        ("5 M", "M", "before the currency"),
        ("5 \u{20ac}/t", "\u{20ac}", "cite the rate"),
        ("1.2 tCO2/t", "tCO2", "`t CO2`"),
        ("69 USD/kg Nd/Pr oxide", "Pr", "cannot contain"),
        ("570 kt/", "/", "570 kt/yr"),
        ("2,5 t", "2,5", "`2.5`"),
        ("nan t", "nan", "no limit"),
        ("-inf", "-inf", "no limit"),
        (".5 t", ".5", "`0.5`"),
        ("5 kwh/t", "kwh", "`kWh`"),
        ("10 kt ore/yr REO", "REO", "once"),
        ("10 USD profit/yr", "profit", "after a mass"),
    ] {
        let error = refuse(text);
        assert_eq!(&text[error.range.clone()], at, "{text}: {error}");
        assert!(error.help.as_deref().unwrap_or_default().contains(help), "{text}: {error}");
    }
    for text in [
        "",
        "  ",
        "t",
        "1..2 t",
        "1.2.3",
        "1e400 t",
        "1e308 Mt",
        "1e-320 mg/t",
        "1 t/(yr",
        "1 t^3/t^-1",
        "1 //t",
        "1,2,3 t",
    ] {
        refuse(text);
    }
}

#[test]
fn shift_has_the_length_of_the_flowsheet() {
    let units = Units { shift_hours: Some(8.0), ..usd() };
    assert_relative_eq!(units.parse("10 t/shift").unwrap().value, 10_950.0);
    assert_relative_eq!(hours_per_year(), 8760.0);
}

#[test]
fn mismatch_says_what_was_expected() {
    let mismatch = read("69 USD/kg").expect(Dimension::MASS_RATE).unwrap_err();
    assert_eq!(
        mismatch.to_string(),
        "expected a mass rate such as `570 kt/yr`, found a price per mass"
    );
    assert_eq!(
        read("5 t").expect(Dimension::MASS_RATE).unwrap_err().help().unwrap(),
        "write it per year, `/yr`"
    );
}

#[test]
fn numbers_are_written_for_people() {
    assert_eq!(format_mass_rate(570e3), "570 kt/yr");
    assert_eq!(format_mass_rate(2500.0), "2,500 t/yr");
    assert_eq!(format_mass_rate(9999.8), "10 kt/yr");
    assert_eq!(format_mass_rate(0.0), "0 t/yr");
    assert_eq!(format_mass(36.8e6), "36.8 Mt");
    assert_eq!(format_mass(0.0015), "1.5 kg");
    assert_eq!(format_money(25e6, "USD"), "25 MUSD");
    assert_eq!(format_money_rate(-2500.0, "USD"), "-2,500 USD/yr");
    assert_eq!(format_price(69e3, "USD"), "69 USD/kg");
    assert_eq!(format_price(27.0, "USD"), "27 USD/t");
    assert_eq!(format_fraction(0.0175), "1.75 %");
    assert_eq!(format_fraction(2e-4), "200 ppm");
    assert_eq!(format_energy_per_mass(25.0), "25 kWh/t");
    assert_eq!(format_energy_rate(12e6), "12 GWh/yr");
    assert_eq!(format_number(1_234_567.0), "1,235,000");
    assert_eq!(format_number(0.012_345), "0.01235");
    assert_eq!(format_number(999.96), "1,000");
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in any::<String>()) {
        if let Err(error) = usd().parse(&text) {
            prop_assert!(text.get(error.range.clone()).is_some(), "{error:?}");
        }
    }

    #[test]
    fn almost_quantities_are_read_or_refused(text in "[-−]?[0-9.,_e]{0,6} ?(k|M|million|bn)? ?[a-zA-Z%$€³0-9^ ]{0,8}(/[( ]?[a-zA-Z³ )]{0,8}){0,3}") {
        match usd().parse(&text) {
            Ok(quantity) => prop_assert!(quantity.value.is_finite()),
            Err(error) => prop_assert!(text.get(error.range.clone()).is_some(), "{error:?}"),
        }
    }

    #[test]
    fn mass_units_agree(value in 1e-3..1e9_f64) {
        let tonnes = read(&format!("{value} t/yr")).value;
        for text in [format!("{} kt/yr", value / 1e3), format!("{} g/yr", value * 1e6), format!("{} kg/d", value * 1e3 / 365.0)] {
            assert_relative_eq!(read(&text).value, tonnes, max_relative = 1e-14);
        }
    }

    #[test]
    fn what_is_written_is_read_back(value in prop_oneof![-1e12..1e12_f64, -1.0..1.0_f64, -1e-5..1e-5_f64]) {
        for (text, factor) in [
            (format_mass_rate(value), 1.0), (format_money(value, "USD"), 1.0), (format_fraction(value), 1.0),
            (format_price(value, "USD"), 1.0), (format_energy_rate(value), 1.0),
        ] {
            assert_relative_eq!(read(&text).value * factor, value, max_relative = 5.1e-4);
        }
    }
}
