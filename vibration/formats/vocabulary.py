"""The stems and names by which `words` tells what a title speaks of, in many languages."""

from typing import Final

SAMPLING: Final = (
    "sampl", "abtast", "échantillon", "echantillon", "muestre", "campion", "amostra", "bemonster",
    "próbkow", "probkow", "дискретизац", "采样", "採樣", "取样", "サンプリング", "標本化",
    "샘플링", "표본화",
    "örnekle", "ornekle", "acqui", "acq", "scan", "logging", "vzorkov", "näyttee", "mintavét",
    "adc",
)  # fmt: skip
FREQUENCY: Final = (
    "rate", "freq", "frequenz", "fréq", "frec", "taxa", "taux", "tasa", "frek", "часто", "频率",
    "頻率", "周波数", "率", "주파수", "częstotl", "czestotl", "taajuu", "kmitoč", "hz", "khz",
    "sıklı",
    "velocidad",
)  # fmt: skip
RATE_ALONE: Final = frozenset(
    [
        "fs",
        "sr",
        "samplerate",
        "srate",
        "sps",
        "samplingrate",
        "samplefreq",
        "samplingfrequency",
        "samplefrequency",
        "fsample",
        "abtastrate",
        "abtastfrequenz",
        "sampfreq",
        "fsamp",
        "odr",
        "fsamplerate",
        "samprate",
        "sfreq",
    ]
)
NOT_A_RATE: Final = (
    "shaft", "rotat", "cut", "filter", "nyquist", "count", "number", "point", "resonan", "bit",
    "drehz", "max", "min", "band", "mains", "signal", "center", "centre", "carrier", "error",
)  # fmt: skip
INTERVAL_ALONE: Final = frozenset(
    [
        "dt",
        "tinterval",
        "deltax",
        "deltat",
        "δt",
        "xincrement",
        "timestep",
        "xinc",
        "samplinginterval",
        "sampleinterval",
        "samplingperiod",
        "sampleperiod",
        "abtastintervall",
        "abtastzeit",
        "abtastperiode",
        "abszissenschritt",
        "schrittweite",
        "zeitschritt",
        "increment",
        "xstep",
        "waveformincrement",
        "tsample",
        "deltatime",
        "ts",
        "hinterval",
        "horizinterval",
        "xdelta",
        "timeincrement",
        "timeinterval",
        "interval",
    ]
)
INTERVAL: Final = (
    "interval", "intervall", "period", "time", "zeit", "abstand", "schritt", "step", "increment",
    "intervalo", "intervallo", "pas", "paso", "passo", "période", "temps", "间隔", "間隔", "周期",
    "шаг",
    "interwał", "resolution",
)  # fmt: skip
STEP_OF: Final = (
    "delta x", "delta t", "x increment", "wf increment", "time step", "x delta", "t interval",
    "time increment", "time interval", "x step", "t step", "horizontal interval", "x inc",
    "waveform increment", "delta time", "d t",
)  # fmt: skip
SPEED_ALONE: Final = frozenset(
    [
        "rpm",
        "drehzahl",
        "nrpm",
        "shaftrpm",
        "转速",
        "轉速",
        "回転数",
        "회전수",
        "giri",
        "toerental",
        "varvtal",
        "otáčky",
        "obroty",
        "omega",
        "shaftspeed",
        "shaftrate",
        "shafthz",
        "rotationalspeed",
        "rotationspeed",
        "motorspeed",
        "runningspeed",
        "shaftfreq",
        "shaftfrequency",
        "rotspeed",
        "rotationfrequency",
        "runspeed",
        "обороты",
        "tours",
    ]
)
TURNING: Final = (
    "shaft", "rotat", "rotor", "motor", "running", "spindle", "welle", "drehfreq", "giro", "giri",
    "rotac", "rotaz", "arbre", "spin", "turn", "machine", "вращ", "obrot", "dreh",
)  # fmt: skip
FAST: Final = (
    "speed", "freq", "rate", "hz", "velocid", "velocità", "vitesse", "drehz", "geschw", "скорост",
    "prędko", "rpm", "zahl",
)  # fmt: skip

TIME: Final = (
    "time", "zeit", "temps", "tiempo", "tempo", "tijd", "tid", "czas", "čas", "idő", "zaman",
    "время",
    "时间", "時間", "시간", "aika", "timestamp", "zeitstempel", "uhrzeit", "seconds", "second",
    "sekunde",
    "elapsed", "date", "datum", "fecha", "heure", "hora", "ora", "clock", "t", "epoch", "sec",
    "horodatage", "datetime", "x value", "xvalue", "abscissa", "milliseconds", "microseconds",
    "millis", "micros", "时刻", "utc", "zeitpunkt", "segundos", "secondes", "secondi", "время,с",
)  # fmt: skip
COUNTER: Final = (
    "index", "idx", "sample", "samples", "n", "nr", "no", "num", "number", "nummer", "count",
    "counter", "row", "zeile", "record", "point", "messpunkt", "i", "id", "step", "序号", "编号",
    "番号", "номер", "numero", "número", "numéro", "nº", "n°", "#", "packet", "seq", "sequence",
    "unnamed", "muestra", "échantillon", "probe", "pts", "line", "ligne",
)  # fmt: skip
FREQUENCY_AXIS: Final = (
    "frequency", "freq", "frequenz", "fréquence", "frecuencia", "frequenza", "frequência", "hz",
    "częstotliwość", "частота", "频率", "頻率", "周波数", "주파수", "frequentie", "frekvens",
    "frekans",
    "f", "khz", "order", "orders", "ordnung", "ordre", "orden", "quefrency", "cpm", "bin",
    "taajuus",
)  # fmt: skip
NO_WAVEFORM: Final = (
    ("a spectrum", ("fft", "spectrum", "spectra", "spektrum", "spectre", "espectro", "spettro",
                    "spektren", "спектр", "频谱", "スペクトル", "widmo", "dft", "cepstrum",
                    "spectral")),
    ("a power spectral density", ("psd", "asd", "pxx", "dsp", "powerspectr", "lsd", "csd")),
    ("a frequency response", ("frf", "transferfunction", "coherence", "bode", "tfestimate")),
    ("a correlation", ("xcorr", "autocorr", "acf", "ccf", "correlation", "korrelation", "lag",
                       "lags", "correlazione", "corrélation", "autocorrelation", "r_xx", "rxx")),
    ("a histogram", ("histogram", "histogramm", "pdf", "cdf")),
)  # fmt: skip
FEATURES: Final = frozenset(
    [
        "rms",
        "kurtosis",
        "skewness",
        "crest",
        "crestfactor",
        "shape",
        "shapefactor",
        "impulse",
        "impulsefactor",
        "mean",
        "std",
        "variance",
        "var",
        "entropy",
        "peak",
        "peaktopeak",
        "p2p",
        "clearance",
        "clearancefactor",
        "median",
        "energy",
        "mad",
        "iqr",
        "margin",
        "skew",
        "kurt",
        "max",
        "min",
        "stdev",
        "sd",
        "sdev",
    ]
)
KINDS: Final = (
    ("tacho", ("tacho", "tach", "keyphasor", "phasor", "encoder", "trigger", "pulse", "pulses",
               "drehgeber", "tachometer", "tachymètre", "tacómetro", "tacometro", "once", "hall",
               "тахо", "key")),
    ("temperature", ("temp", "temperature", "temperatur", "température", "temperatura", "温度",
                     "온도", "thermo", "thermocouple", "celsius", "oiltemp", "температура",
                     "sıcaklık", "hőmérséklet", "teplota", "tambient", "lämpötila")),
    ("rotational speed", ("rpm", "speed", "drehzahl", "转速", "回転数", "toerental", "otáčky",
                          "velocidad", "vitesse", "giri", "varvtal", "geschwindigkeit")),
    ("sound pressure", ("microphone", "mic", "mikrofon", "micro", "sound", "acoustic", "micrófono",
                        "microfono", "audio", "麦克风", "noise", "schall", "микрофон", "spl")),
    ("pressure", ("press", "pressure", "druck", "pression", "presión", "pressione", "压力",
                  "barometer",
                  "давление")),
    ("current", ("current", "strom", "courant", "corriente", "corrente", "电流", "電流", "ток",
    "amps",
                 "phasecurrent")),
    ("voltage", ("volt", "voltage", "spannung", "tension", "tensión", "tensione", "电压", "battery",
                 "supply", "vbat")),
    ("torque", ("torque", "drehmoment", "couple", "par", "coppia", "扭矩", "moment", "koppel")),
    ("force", ("force", "load", "kraft", "last", "fuerza", "forza", "力", "belastung", "сила",
               "carga",
               "carico", "charge", "hammer")),
    ("angular velocity", ("gyro", "gyroscope", "gx", "gyr", "gyrox", "gyroy", "gyroz",
                          "angularrate",
                          "gyrx", "gyry", "gyrz")),
    ("magnetic flux density", ("mag", "magnetometer", "magx", "magy", "magz", "magnetic")),
    ("humidity", ("humidity", "humid", "feuchte", "humidité", "humedad", "湿度", "rh")),
    ("strain", ("strain", "dehnung")),
    ("power", ("power", "leistung", "watt", "puissance")),
    ("angle", ("angle", "winkel", "degrees", "azimuth")),
    ("label", ("label", "class", "fault", "target", "state", "klasse", "condition", "y_true")),
)  # fmt: skip
# Whole words alone: "par" is torque in Spanish and stands inside "compare".
STEMS: Final = frozenset({"temp", "tacho", "press", "volt", "gyro", "humid", "thermo",
"drehmoment",
                           "keyphasor", "drehzahl", "mikrofon", "microphone", "strom"})  # fmt: skip
TIME_UNITS: Final = frozenset({"s", "sec", "ms", "us", "µs", "ns", "msec", "usec"})
